// OpenTelemetry as its documentation sets it up, with the two instrumentations that these scenarios need.
const { createRequire } = require('node:module');
const peer = createRequire(`${process.env.PEER}/`);
const { NodeSDK } = peer('@opentelemetry/sdk-node');
const { ZipkinExporter } = peer('@opentelemetry/exporter-zipkin');
const { HttpInstrumentation } = peer('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = peer('@opentelemetry/instrumentation-undici');
const { trace } = peer('@opentelemetry/api');

new NodeSDK({
  serviceName: 'bench',
  traceExporter: new ZipkinExporter({ url: `${process.env.SINK}/api/v2/spans` }),
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
}).start();
globalThis.otelTracer = trace.getTracer('bench');
