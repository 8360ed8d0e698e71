import { getTracer } from '../default-tracer.ts';
import { currentContext, withContext } from '../scope.ts';
import type { Span } from '../span.ts';
import { SUPPRESSED } from '../trace-context.ts';

/** gRPC's metadata. */
export interface GrpcMetadata {
  get(key: string): (string | Buffer)[];
  set(key: string, value: string): void;
}

/** A call's status. */
interface GrpcStatus {
  readonly code: number;
  readonly details?: string;
}

type AnyFunction = (...args: never[]) => unknown;

/** The part of `@grpc/grpc-js` that is used: `import * as grpc from '@grpc/grpc-js'`. */
export interface GrpcModule {
  readonly Client: new (...args: never[]) => unknown;
  readonly Server: new (...args: never[]) => unknown;
  readonly InterceptingCall: new (call: never, requester: never) => object;
  readonly ServerInterceptingCall: new (call: never, responder: never) => object;
}

const OK = 0;
/** Names of gRPC's status codes by number. */
const CODES = (
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED ' +
  'FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'
).split(' ');

/** The interceptor types of the module that is passed in; this package does not depend on it. */
type InterceptorOf<Options> = Options extends { interceptors?: (infer I)[] } ? I : never;
type ClientInterceptor<G extends GrpcModule> = InterceptorOf<NonNullable<ConstructorParameters<G['Client']>[2]>>;
type ServerInterceptor<G extends GrpcModule> = InterceptorOf<NonNullable<ConstructorParameters<G['Server']>[0]>>;

interface ClientOptions {
  readonly method_definition: { readonly path: string };
}

/**
 * A client interceptor: `new Client(address, credentials, { interceptors: [grpcClientTracing(grpc)] })`. One CLIENT span for each
 * call, streams included, whose context goes into the metadata. `serviceName` names the server in the service graph.
 */
export function grpcClientTracing<G extends GrpcModule>(grpc: G, serviceName?: string): ClientInterceptor<G> {
  const interceptor = (options: ClientOptions, nextCall: (options: ClientOptions) => object): object => {
    const tracer = getTracer();
    if (!tracer.enabled || currentContext() === SUPPRESSED)
      return new grpc.InterceptingCall(nextCall(options) as never, {} as never);
    const span = tracer.startSpan(nameOf(options.method_definition.path), { kind: 'CLIENT' });
    if (serviceName !== undefined) span.remote({ serviceName });
    const requester = {
      start(metadata: GrpcMetadata, _listener: object, next: AnyFunction): void {
        tracer.propagation.inject(span.context, metadata, (carrier, name, value) => carrier.set(name, value));
        const traced = {
          onReceiveStatus(status: GrpcStatus, nextStatus: AnyFunction): void {
            end(span, status);
            nextStatus(status as never);
          },
        };
        next(metadata as never, traced as never);
      },
    };
    return new grpc.InterceptingCall(nextCall(options) as never, requester as never);
  };
  return interceptor as unknown as ClientInterceptor<G>;
}

/**
 * A server interceptor: `new Server({ interceptors: [grpcServerTracing(grpc)] })`. One SERVER span for each call, current in its
 * handler.
 */
export function grpcServerTracing<G extends GrpcModule>(grpc: G): ServerInterceptor<G> {
  const interceptor = (method: { readonly path: string }, call: { getPeer?(): string }): object => {
    const tracer = getTracer();
    if (!tracer.enabled) return new grpc.ServerInterceptingCall(call as never, {} as never);
    let span: Span | undefined;
    const responder = {
      start(next: AnyFunction): void {
        next({
          onReceiveMetadata(metadata: GrpcMetadata, nextMetadata: AnyFunction): void {
            const extracted = tracer.propagation.extract(metadata, (carrier, name) => carrier.get(name).map(String)[0]);
            const started = tracer.startReceived(nameOf(method.path), 'SERVER', extracted);
            const peer = /^(.*):(\d+)$/.exec(call.getPeer?.() ?? '');
            if (peer !== null) started.remote({ ip: peer[1], port: Number(peer[2]) });
            span = started;
            withContext(started.context, () => nextMetadata(metadata as never));
          },
          onReceiveMessage(message: unknown, nextMessage: AnyFunction): void {
            withContext(span?.context, () => nextMessage(message as never));
          },
          onReceiveHalfClose(nextHalfClose: AnyFunction): void {
            withContext(span?.context, () => nextHalfClose());
          },
          onCancel(): void {
            if (span !== undefined) end(span, { code: 1 });
          },
        } as never);
      },
      sendStatus(status: GrpcStatus, next: AnyFunction): void {
        if (span !== undefined) end(span, status);
        next(status as never);
      },
    };
    return new grpc.ServerInterceptingCall(call as never, responder as never);
  };
  return interceptor as unknown as ServerInterceptor<G>;
}

/** `/package.Service/Method` without the leading slash, as Zipkin's gRPC spans are named. */
function nameOf(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}

function end(span: Span, { code, details }: GrpcStatus): void {
  if (code !== OK) {
    const name = CODES[code] ?? String(code);
    span.tag('grpc.status_code', name).tag('error', details || name);
  }
  span.finish();
}
