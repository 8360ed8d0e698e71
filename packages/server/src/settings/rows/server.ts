import type { SettingRows } from '../setting-row.ts';
import { duration, list, oneOf, text, wholeNumber } from '../value-kinds.ts';

export const SERVER_ROWS: Pick<
  SettingRows,
  'port' | 'host' | 'tlsCert' | 'tlsKey' | 'allowedOrigins' | 'shutdownTimeoutMs' | 'logLevel' | 'logFormat'
> = {
  port: {
    key: 'port',
    env: ['QUERY_PORT'],
    kind: wholeNumber(0, 65535),
    default: 9411,
    text: 'Port of the UI, the query API and the collectors. 0 takes a free one.',
  },
  host: {
    key: 'host',
    env: ['TRACEKIN_HOST'],
    kind: text,
    default: '127.0.0.1',
    text: 'Address to listen on. 0.0.0.0 or :: accepts connections from other machines; there is no authentication, so put a proxy in front.',
  },
  tlsCert: {
    key: 'tls-cert',
    env: ['TRACEKIN_TLS_CERT'],
    kind: text,
    default: undefined,
    text: 'PEM file with the certificate chain. Together with tls-key it turns the port into HTTPS.',
  },
  tlsKey: {
    key: 'tls-key',
    env: ['TRACEKIN_TLS_KEY'],
    kind: text,
    default: undefined,
    text: 'PEM file with the private key of tls-cert.',
  },
  allowedOrigins: {
    key: 'allowed-origins',
    env: ['ZIPKIN_QUERY_ALLOWED_ORIGINS'],
    kind: list,
    default: ['*'],
    text: 'Origins from which browsers may call the APIs (CORS).',
  },
  shutdownTimeoutMs: {
    key: 'shutdown-timeout',
    env: ['TRACEKIN_SHUTDOWN_TIMEOUT'],
    kind: duration('ms'),
    default: 30_000,
    text: 'How long requests under way may take after SIGTERM or SIGINT before their connections are cut.',
  },
  logLevel: {
    key: 'log-level',
    env: ['TRACEKIN_LOG_LEVEL'],
    kind: oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    text: 'Least severity that is logged.',
  },
  logFormat: {
    key: 'log-format',
    env: ['TRACEKIN_LOG_FORMAT'],
    kind: oneOf('auto', 'json', 'text'),
    default: 'auto',
    text: 'json writes one object a line, text one readable line. auto is text on a terminal and json elsewhere.',
  },
};
