globalThis.ddTracer = require('dd-trace').init({
  service: 'bench',
  url: process.env.SINK,
  startupLogs: false,
  runtimeMetrics: false,
  profiling: false,
  telemetry: { enabled: false },
  remoteConfig: { enabled: false },
});
