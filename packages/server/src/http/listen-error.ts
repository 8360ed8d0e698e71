import { TracekinError } from '@tracekin/model';

/** An address to listen on and the settings that chose it. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** As in `${setting}`. */
  readonly setting: string;
}

/** Says what to do about an address that cannot be listened on. */
export function explainListenError(error: NodeJS.ErrnoException, { host, port, setting }: ListenAddress): Error {
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use; stop the other program or choose another port with ${setting}`,
    EACCES: `this user may not listen on port ${port}; choose one above 1023 with ${setting}`,
    EADDRNOTAVAIL: `this machine has no address ${host}; choose another with --host (TRACEKIN_HOST)`,
    ENOTFOUND: `the host name ${host} is unknown; choose an address with --host (TRACEKIN_HOST)`,
  };
  const message = advice[error.code ?? ''];
  return message === undefined ? error : new TracekinError('invalid-configuration', message, { cause: error });
}
