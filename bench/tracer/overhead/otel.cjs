// OpenTelemetry as its documentation sets it up, with the two instrumentations that these scenarios need.
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { ZipkinExporter } = require('@opentelemetry/exporter-zipkin');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
const { trace } = require('@opentelemetry/api');

new NodeSDK({
  serviceName: 'bench',
  traceExporter: new ZipkinExporter({ url: `${process.env.SINK}/api/v2/spans` }),
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
}).start();
globalThis.otelTracer = trace.getTracer('bench');
