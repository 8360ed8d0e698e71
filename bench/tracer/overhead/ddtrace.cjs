// dd-trace without the parts that have nothing to do with traces.
const { createRequire } = require('node:module');

globalThis.ddTracer = createRequire(`${process.env.PEER}/`)('dd-trace').init({
  service: 'bench',
  url: process.env.SINK,
  startupLogs: false,
  runtimeMetrics: false,
  profiling: false,
  telemetry: { enabled: false },
  remoteConfig: { enabled: false },
});
