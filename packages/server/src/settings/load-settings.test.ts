import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { parseConfig, readConfigFile } from './config-file.ts';
import { loadSettings, type SettingSources } from './load-settings.ts';
import { settingEntries } from './setting-rows.ts';
import type { Settings } from './settings.ts';

const load = (sources: SettingSources): Settings => loadSettings(sources).settings;

function refusal(sources: SettingSources): string {
  try {
    loadSettings(sources);
  } catch (error) {
    assert.ok(error instanceof TracekinError);
    assert.equal(error.code, 'invalid-configuration');
    return error.message;
  }
  assert.fail('not refused');
}

test('without any source everything has its default', () => {
  const settings = load({});
  assert.equal(settings.port, 9411);
  assert.equal(settings.host, '127.0.0.1');
  assert.equal(settings.queryTimeoutMs, 11_000);
  assert.equal(settings.queryLookbackMs, 86_400_000);
  assert.equal(settings.spoolDir, 'data/spool');
  assert.equal(settings.uiLogsUrl, undefined);
});

test('flags win over the environment, the environment over the file', () => {
  const file = { path: 'tracekin.yaml', values: { port: '1', host: 'file', 'query-timeout': '3s' } };
  const settings = load({ file, env: { QUERY_PORT: '2', TRACEKIN_HOST: 'env' }, flags: { port: '3' } });
  assert.deepEqual([settings.port, settings.host, settings.queryTimeoutMs], [3, 'env', 3000]);
});

test('the variables of Zipkin have their spellings', () => {
  const settings = load({
    env: {
      QUERY_TIMEOUT: '500ms',
      QUERY_LOOKBACK: '3600000',
      STRICT_TRACE_ID: 'FALSE',
      AUTOCOMPLETE_KEYS: 'b, a,b',
      COLLECTOR_SAMPLE_RATE: '.25',
      HTTP_COLLECTOR_ENABLED: 'false',
      MEM_MAX_SPANS: '10',
      ES_HOSTS: 'http://a:9200,https://b',
      ES_CREDENTIALS_REFRESH_INTERVAL: '7',
      ZIPKIN_QUERY_NAMES_MAX_AGE: '10',
      ZIPKIN_UI_DEFAULT_LOOKBACK: 'PT1H30M',
      STORAGE_TYPE: 'elasticsearch',
    },
  });
  assert.deepEqual(
    [
      settings.queryTimeoutMs,
      settings.queryLookbackMs,
      settings.strictTraceId,
      settings.autocompleteKeys,
      settings.collectorSampleRate,
      settings.collectorHttpEnabled,
    ],
    [500, 3_600_000, false, ['a', 'b'], 0.25, false],
  );
  assert.deepEqual(
    [
      settings.memMaxSpans,
      settings.esHosts,
      settings.esCredentialsRefreshMs,
      settings.namesMaxAgeSeconds,
      settings.uiDefaultLookbackMs,
      settings.storage,
    ],
    [10, ['http://a:9200', 'https://b'], 7000, 10, 5_400_000, 'elasticsearch'],
  );
});

test('the preferred name of a variable wins over its alias, and an empty one counts as unset', () => {
  assert.equal(
    load({ env: { COLLECTOR_HTTP_ENABLED: 'true', HTTP_COLLECTOR_ENABLED: 'false' } }).collectorHttpEnabled,
    true,
  );
  assert.equal(
    load({ env: { COLLECTOR_HTTP_ENABLED: '', HTTP_COLLECTOR_ENABLED: 'false' } }).collectorHttpEnabled,
    false,
  );
  assert.equal(load({ env: { QUERY_PORT: '' } }).port, 9411);
});

test('defaults follow the settings they are derived from, and yield to an explicit value', () => {
  assert.equal(load({ env: { QUERY_ENABLED: 'false' } }).uiEnabled, false);
  assert.equal(load({ env: { QUERY_ENABLED: 'false', UI_ENABLED: 'true' } }).uiEnabled, true);
  assert.equal(load({ flags: { data: '/var/lib/tracekin' } }).spoolDir, '/var/lib/tracekin/spool');
});

test('a malformed value names the setting and its rule, every one of them at once', () => {
  const message = refusal({
    env: { QUERY_PORT: '70000', COLLECTOR_SAMPLE_RATE: '2' },
    flags: { 'query-timeout': 'soon' },
    file: { path: 'f.yaml', values: { storage: 'oracle' } },
  });
  assert.match(message, /^QUERY_PORT: "70000" must be a whole number from 0 to 65535$/m);
  assert.match(message, /^COLLECTOR_SAMPLE_RATE: "2" must be a number from 0 to 1$/m);
  assert.match(message, /^--query-timeout: "soon" must be a length of time such as/m);
  assert.match(message, /^f\.yaml: storage: "oracle" must be mem, clickhouse or elasticsearch$/m);
});

test('unknown flags and keys are refused with what was probably meant', () => {
  assert.equal(refusal({ flags: { prot: '1' } }), 'unknown flag --prot; did you mean port?');
  assert.equal(
    refusal({ file: { path: 'f.yaml', values: { 'query-timout': '1s' } } }),
    'unknown f.yaml: key query-timout; did you mean query-timeout?',
  );
});

test('an unknown variable of ours is a warning, those of tests are not', () => {
  const { warnings } = loadSettings({ env: { TRACEKIN_DATA: 'x', TRACEKIN_TEST_KAFKA: 'y', OTHER: 'z' } });
  assert.deepEqual(warnings, ['unknown variable TRACEKIN_DATA; did you mean TRACEKIN_DATA_DIR?']);
});

test('a password is never repeated in a message', () => {
  assert.ok(settingEntries().filter(([, row]) => row.secret).length >= 2);
  for (const [, row] of settingEntries()) assert.ok(row.secret === true || !/password/i.test(row.key), row.key);
});

test('features of Zipkin that are missing stop the start where spans would be lost', () => {
  assert.match(refusal({ env: { STORAGE_TYPE: 'cassandra3' } }), /cassandra3 is a storage of Zipkin's/);
  assert.match(
    refusal({ env: { ACTIVEMQ_URL: 'tcp://mq:61616' } }),
    /does not have the ActiveMQ collector\. .*COLLECTOR_ACTIVEMQ_ENABLED=false/,
  );
  assert.match(refusal({ env: { SCRIBE_ENABLED: 'true' } }), /Scribe/);
  assert.doesNotThrow(() =>
    loadSettings({
      env: { ACTIVEMQ_URL: 'tcp://mq:61616', COLLECTOR_ACTIVEMQ_ENABLED: 'false', SCRIBE_ENABLED: 'false' },
    }),
  );
  assert.equal(loadSettings({ env: { EUREKA_SERVICE_URL: 'http://eureka' } }).warnings.length, 1);
});

test('variables of Zipkin that need no counterpart are accepted with a note', () => {
  for (const [name, value] of [
    ['AUTOCOMPLETE_TTL', '3600000'],
    ['ZIPKIN_UI_INSTRUMENTED', '.*'],
    ['ES_HEALTH_CHECK_ENABLED', 'true'],
    ['STORAGE_THROTTLE_ENABLED', 'true'],
  ] as const) {
    const { warnings } = loadSettings({ env: { [name]: value } });
    assert.equal(warnings.length, 1, name);
    assert.match(warnings[0]!, new RegExp(`^${name} is set, but Tracekin does not have `));
  }
  assert.deepEqual(
    loadSettings({ env: { ES_HEALTH_CHECK_ENABLED: 'false', ES_HEALTH_CHECK_INTERVAL: '3s' } }).warnings,
    [],
  );
  assert.deepEqual(loadSettings({ env: { COLLECTOR_GRPC_ENABLED: 'true' } }).warnings, []);
});

test('a port for OTLP without its collector is refused', () => {
  assert.match(
    refusal({ env: { TRACEKIN_OTLP_GRPC_PORT: '4317', COLLECTOR_GRPC_ENABLED: 'false' } }),
    /otlp-grpc-port needs collector-grpc-enabled/,
  );
  assert.match(
    refusal({ env: { TRACEKIN_OTLP_HTTP_PORT: '4318', COLLECTOR_HTTP_ENABLED: 'false' } }),
    /otlp-http-port needs collector-http-enabled/,
  );
});

test('a certificate without its key is refused', () => {
  assert.match(refusal({ flags: { 'tls-cert': 'a.pem' } }), /tls-cert and tls-key .* go together/);
});

test('keys and variables are unique, and every default is a valid value', () => {
  const rows = settingEntries().map(([, row]) => row);
  for (const names of [rows.map(row => row.key), rows.flatMap(row => row.env)])
    assert.equal(new Set(names).size, names.length);
  for (const row of rows) {
    if (row.default === undefined || typeof row.default === 'object') continue;
    assert.deepEqual(row.kind.schema.parse(row.kind.print(row.default as never)), row.default, row.key);
  }
});

test('a configuration file is a mapping of scalars and lists', async () => {
  assert.deepEqual(
    {
      ...(await parseConfig(
        'port: 9500\nstrict-trace-id: false\nautocomplete-keys: [a, b]\nui-logs-url:\n# comment\n',
        'f',
      )),
    },
    { port: '9500', 'strict-trace-id': 'false', 'autocomplete-keys': 'a,b' },
  );
  assert.deepEqual(await parseConfig('', 'f'), {});
  for (const [text, reason] of [
    ['- a', /must be a mapping/],
    ['a: {b: 1}', /a must be a single value/],
    ['a: [', /f: /],
    ['a: 1\na: 2', /unique/],
  ] as const) {
    await assert.rejects(
      parseConfig(text, 'f'),
      (error: Error) => error instanceof TracekinError && reason.test(error.message),
    );
  }
});

test('a named configuration file has to exist, the default one need not', async () => {
  await assert.rejects(readConfigFile('/nowhere/tracekin.yaml'), /cannot read the configuration file/);
  assert.equal(await readConfigFile(undefined), undefined);
});
