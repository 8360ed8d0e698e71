/** Everything of the core, and what needs Node: starting by code, the HTTP sender, the automatic instrumentation. */
export * from './index.ts';
export { INSTRUMENTATIONS, installAll } from './instrumentation/all.ts';
export type { Instrumentation } from './instrumentation/instrumentation.ts';
export { setRequestError, setRoute } from './instrumentation/node-http-server.ts';
export { type HttpSenderOptions, httpSender } from './reporter/http-sender.ts';
export { type StartOptions, startTracing, type Tracing } from './start-tracing.ts';
