import { type Connection, engineErrorCode } from '../connection.ts';
import {
  alterCodecs,
  alterPartSettings,
  CHECKPOINTS,
  createDatabase,
  createTable,
  type Layout,
  LEASES,
  LINKS,
  NAMES,
  POSTINGS,
  quoted,
  SPANS,
  type Table,
  TOUCHES,
  TRACES,
} from './tables.ts';

/** One step of the schema. Every statement does nothing when its work is done, so servers may run a step at once. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (layout: Layout) => readonly string[];
  /** Settings that older engines do not know; they do without. */
  readonly settings?: (layout: Layout) => readonly string[];
}

const UNKNOWN_SETTING = '115';

const MIGRATIONS_TABLE: Table = {
  name: 'migrations',
  columns: ['version UInt32', 'name String', 'applied_at DateTime DEFAULT now()'],
  engine: 'ReplacingMergeTree',
  orderBy: 'version',
  settings: ['index_granularity = 1024'],
  shardBy: 'version',
};

/** Append only: a published step never changes. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'spans, traces, postings and names',
    statements: layout => [SPANS, TRACES, POSTINGS, NAMES].flatMap(table => createTable(layout, table)),
  },
  {
    version: 2,
    name: 'dependency links',
    statements: layout => [LINKS, TOUCHES, CHECKPOINTS, LEASES].flatMap(table => createTable(layout, table)),
  },
  {
    version: 3,
    name: 'lighter parts',
    statements: layout => [alterCodecs(layout, SPANS)],
    settings: layout => [SPANS, TRACES, POSTINGS].flatMap(table => alterPartSettings(layout, table)),
  },
];

/**
 * Brings the schema to this version of the code. Reads what was applied, applies the rest in order and records each step.
 * Safe to run from several servers at the same time and again after a crash in the middle.
 */
export async function migrate(connection: Connection, layout: Layout, signal?: AbortSignal): Promise<void> {
  const limits = { signal, timeoutMs: 60_000 };
  await connection.command({ text: createDatabase(layout) }, limits);
  // On a cluster every shard keeps its own record.
  const local: Layout = layout.cluster?.replicated ? layout : { database: layout.database };
  for (const text of createTable(local, MIGRATIONS_TABLE)) await connection.command({ text }, limits);
  const table = `${quoted(layout.database)}.migrations`;
  const blocks = await connection.query({ text: `SELECT DISTINCT version FROM ${table}` }, limits);
  const applied = new Set<number>();
  for (const block of blocks) {
    const column = block.columns.get('version');
    if (column?.kind === 'number') for (let row = 0; row < block.rows; row++) applied.add(column.values[row]!);
  }
  for (const { version, name, statements, settings } of MIGRATIONS) {
    if (applied.has(version)) continue;
    for (const text of statements(layout)) await connection.command({ text }, limits);
    for (const text of settings?.(layout) ?? []) {
      await connection.command({ text }, limits).catch(error => {
        if (engineErrorCode(error) !== UNKNOWN_SETTING) throw error;
      });
    }
    await connection.command(
      {
        text: `INSERT INTO ${table} (version, name) SELECT {version:UInt32}, {name:String}`,
        parameters: { version, name },
      },
      limits,
    );
  }
}
