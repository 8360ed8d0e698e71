import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Logger } from 'pino';
import type { RunningServer } from '../create-server.ts';
import { DEFAULT_CONFIG_FILE, readConfigFile } from '../settings/config-file.ts';
import { printDefault } from '../settings/document-settings.ts';
import { loadSettings } from '../settings/load-settings.ts';
import { SETTING_GROUPS, settingEntries } from '../settings/setting-rows.ts';
import type { Settings } from '../settings/settings.ts';
import { closeOnSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';

export function addServe(program: Command, _terminal: Terminal): Command {
  const command = program
    .command('serve')
    .summary('run the server')
    .description(
      'Runs the server until SIGINT or SIGTERM. Every flag is also a line of the configuration file and has an environment variable.',
    )
    .option('--config <file>', `configuration file; ${DEFAULT_CONFIG_FILE} in the working directory is read by itself`)
    .addHelpText(
      'after',
      '\nExamples:\n  tracekin serve\n  tracekin serve --port 9500 --storage mem\n  STORAGE_TYPE=elasticsearch ES_HOSTS=http://es:9200 tracekin serve --host 0.0.0.0',
    );
  for (const group of SETTING_GROUPS) {
    for (const [, row] of settingEntries(group.rows)) {
      const value = printDefault(row);
      const isFlag = row.kind.rule === 'true or false';
      const text = `${row.text.split(/(?<=\.) /)[0]} [${row.env.join(', ')}${value === '' ? '' : `; default ${value}`}]`;
      command.addOption(
        new Option(isFlag ? `--${row.key} [true|false]` : `--${row.key} <value>`, text).helpGroup(`${group.title}:`),
      );
    }
  }
  return command.action(async (options: Readonly<Record<string, string | true>>) => {
    const { config, ...flags } = options;
    const file = await readConfigFile((config as string | undefined) ?? process.env['TRACEKIN_CONFIG']);
    const { settings, warnings } = loadSettings({
      env: process.env,
      flags: Object.fromEntries(Object.entries(flags).map(([name, value]) => [kebab(name), String(value)])),
      ...(file !== undefined && { file }),
    });
    await serve(settings, warnings);
  });
}

async function serve(settings: Settings, warnings: readonly string[]): Promise<void> {
  const [{ createServer }, { createLog }, { describeStorage }] = await Promise.all([
    import('../create-server.ts'),
    import('../log.ts'),
    import('../backends.ts'),
  ]);
  const log = createLog(settings);
  for (const warning of warnings) log.warn(warning);
  // A defect in one request must not take the others, nor spans in memory, with it.
  process.on('uncaughtException', error => log.error({ err: error }, 'uncaught exception; going on'));
  process.on('unhandledRejection', error => log.error({ err: error }, 'unhandled rejection; going on'));
  const server = await createServer(settings, { log });
  announce(server, describeStorage(settings), log);
  await closeOnSignals(() => server.close(), log);
}

function announce({ url, settings }: RunningServer, storage: string, log: Logger): void {
  if (settings.uiEnabled) log.info(`UI at ${url}/zipkin/`);
  if (settings.collectorHttpEnabled) log.info(`POST spans to ${url}/api/v2/spans`);
  log.info(`storage: ${storage}`);
  if (settings.storage !== 'mem') log.info(`data in ${resolve(settings.data)}`);
  log.info(`ready after ${Math.round(performance.now())} ms`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
