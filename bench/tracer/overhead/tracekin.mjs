// The published package, as `--import @tracekin/tracer/register` loads it.
await import(`${process.env.PEER}/register.js`);
const { trace } = await import(`${process.env.PEER}/index.js`);
globalThis.tracekinTrace = trace;
