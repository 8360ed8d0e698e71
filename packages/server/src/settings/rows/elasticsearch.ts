import type { SettingRows } from '../setting-row.ts';
import { anyText, duration, flag, httpUrls, oneOf, text, wholeNumber } from '../value-kinds.ts';

export const ELASTICSEARCH_ROWS: Pick<
  SettingRows,
  | 'esHosts'
  | 'esIndex'
  | 'esDateSeparator'
  | 'esIndexShards'
  | 'esIndexReplicas'
  | 'esPipeline'
  | 'esTimeoutMs'
  | 'esEnsureTemplates'
  | 'esTemplatePriority'
  | 'esUsername'
  | 'esPassword'
  | 'esCredentialsFile'
  | 'esCredentialsRefreshMs'
  | 'esHttpLogging'
  | 'esSslNoVerify'
  | 'esSslCa'
  | 'esSslCert'
  | 'esSslKey'
> = {
  esHosts: {
    key: 'es-hosts',
    env: ['ES_HOSTS'],
    kind: httpUrls,
    default: ['http://localhost:9200'],
    text: 'Base URLs of the cluster.',
  },
  esIndex: { key: 'es-index', env: ['ES_INDEX'], kind: text, default: 'zipkin', text: 'Prefix of the index names.' },
  esDateSeparator: {
    key: 'es-date-separator',
    env: ['ES_DATE_SEPARATOR'],
    kind: anyText,
    default: '-',
    text: 'Character between the parts of the date in index names; may be empty.',
  },
  esIndexShards: {
    key: 'es-index-shards',
    env: ['ES_INDEX_SHARDS'],
    kind: wholeNumber(1, 2 ** 31 - 1),
    default: 5,
    text: 'Primary shards of each new index.',
  },
  esIndexReplicas: {
    key: 'es-index-replicas',
    env: ['ES_INDEX_REPLICAS'],
    kind: wholeNumber(0),
    default: 1,
    text: 'Replicas of each shard.',
  },
  esPipeline: {
    key: 'es-pipeline',
    env: ['ES_PIPELINE'],
    kind: text,
    default: undefined,
    text: 'Ingest pipeline that spans go through.',
  },
  esTimeoutMs: {
    key: 'es-timeout',
    env: ['ES_TIMEOUT'],
    kind: duration('ms'),
    default: 10_000,
    text: 'Time limit of connecting and of a call.',
  },
  esEnsureTemplates: {
    key: 'es-ensure-templates',
    env: ['ES_ENSURE_TEMPLATES'],
    kind: flag,
    default: true,
    text: 'Whether index templates are written when missing.',
  },
  esTemplatePriority: {
    key: 'es-template-priority',
    env: ['ES_TEMPLATE_PRIORITY'],
    kind: wholeNumber(0),
    default: undefined,
    text: 'Priority of composable index templates; unset writes legacy templates where the server has them.',
  },
  esUsername: {
    key: 'es-username',
    env: ['ES_USERNAME'],
    kind: text,
    default: undefined,
    text: 'User for basic authentication.',
  },
  esPassword: {
    key: 'es-password',
    env: ['ES_PASSWORD'],
    kind: anyText,
    default: undefined,
    text: 'Password of the user.',
    secret: true,
  },
  esCredentialsFile: {
    key: 'es-credentials-file',
    env: ['ES_CREDENTIALS_FILE'],
    kind: text,
    default: undefined,
    text: 'Properties file with user and password, read again while the server runs.',
  },
  esCredentialsRefreshMs: {
    key: 'es-credentials-refresh-interval',
    env: ['ES_CREDENTIALS_REFRESH_INTERVAL'],
    kind: duration('s'),
    default: 5000,
    text: 'How often that file is read.',
  },
  esHttpLogging: {
    key: 'es-http-logging',
    env: ['ES_HTTP_LOGGING'],
    kind: oneOf('NONE', 'BASIC', 'HEADERS', 'BODY'),
    default: 'NONE',
    text: 'How much of each call to the cluster is logged.',
  },
  esSslNoVerify: {
    key: 'es-ssl-no-verify',
    env: ['ES_SSL_NO_VERIFY'],
    kind: flag,
    default: false,
    text: 'Whether to accept any certificate. For tests only.',
  },
  esSslCa: {
    key: 'es-ssl-ca',
    env: ['ES_SSL_CA'],
    kind: text,
    default: undefined,
    text: 'PEM file with the authority that signed the certificates of the cluster.',
  },
  esSslCert: {
    key: 'es-ssl-cert',
    env: ['ES_SSL_CERT'],
    kind: text,
    default: undefined,
    text: 'PEM file with a certificate for this client.',
  },
  esSslKey: {
    key: 'es-ssl-key',
    env: ['ES_SSL_KEY'],
    kind: text,
    default: undefined,
    text: 'PEM file with the key of that certificate.',
  },
};
