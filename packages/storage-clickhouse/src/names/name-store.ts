import type { CallLimits, Connection, Sql } from '../connection.ts';
import { encodeBlock } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { stringColumn } from '../read/span-rows.ts';
import { type Layout, NAMES, tableName } from '../schema/tables.ts';
import type { NAME_KIND, NameRow } from '../write/batch-names.ts';
import { namesOf, serviceNames } from './names-sql.ts';

/** Names remembered as written; beyond this they are forgotten and written again, which is harmless. */
const MOST_KNOWN = 200_000;

/** How long a list is used again: other servers may add names; in an engine of our own only we do. */
const SHARED_LIST_MS = 500;
const OWN_LIST_MS = 60_000;
const MOST_LISTS = 1_000;

interface CachedList {
  readonly names: readonly string[];
  readonly at: number;
}

/** Table `names`: writes what is new, reads lists and remembers them until they change. */
export class NameStore {
  readonly #connection: Connection;
  readonly #layout: Layout;
  readonly #listMs: number;
  readonly #known = new Set<string>();
  #lists = new Map<string, CachedList>();

  /** `shared`: other servers write to the same table. */
  constructor(connection: Connection, layout: Layout, shared: boolean) {
    this.#connection = connection;
    this.#layout = layout;
    this.#listMs = shared ? SHARED_LIST_MS : OWN_LIST_MS;
  }

  /** Writes the names that this process has not written yet. */
  async write(rows: readonly NameRow[]): Promise<void> {
    const fresh = rows.filter(row => !this.#known.has(nameKey(row)));
    if (fresh.length === 0) return;
    await this.#connection.insert(tableName(this.#layout, NAMES), encodeNames(fresh));
    if (this.#known.size + fresh.length > MOST_KNOWN) this.#known.clear();
    for (const row of fresh) this.#known.add(nameKey(row));
    this.#lists = new Map();
  }

  services(limits: CallLimits): Promise<string[]> {
    return this.#list('', serviceNames(this.#layout), limits);
  }

  of(kind: keyof typeof NAME_KIND, service: string, limits: CallLimits): Promise<string[]> {
    return this.#list(`${kind} ${service}`, namesOf(this.#layout, kind, service), limits);
  }

  /** Forgets what it wrote, e.g. because the table lost rows. */
  forget(): void {
    this.#known.clear();
    this.#lists = new Map();
  }

  async #list(key: string, sql: Sql, limits: CallLimits): Promise<string[]> {
    // A write in the meantime replaces the map, so an answer from before it is not remembered.
    const lists = this.#lists;
    const cached = lists.get(key);
    if (cached !== undefined && performance.now() - cached.at < this.#listMs) return [...cached.names];
    const at = performance.now();
    const blocks = await this.#connection.query(sql, limits);
    // Sorted here: the contract's order is JavaScript's, not that of bytes.
    const names = blocks.flatMap(block => [...stringColumn(block, 'text')]).sort();
    if (lists.size >= MOST_LISTS) lists.clear();
    lists.set(key, { names, at });
    return [...names];
  }
}

function nameKey({ day, kind, service, value }: NameRow): string {
  return `${day} ${kind} ${service.length} ${service}${value}`;
}

function encodeNames(rows: readonly NameRow[]): Buffer {
  const day = new ByteWriter();
  const kind = new ByteWriter();
  const service = new ByteWriter();
  const value = new ByteWriter();
  for (const row of rows) {
    day.uint32(row.day);
    kind.uint8(row.kind);
    service.string(row.service);
    value.string(row.value);
  }
  return encodeBlock(rows.length, [
    { name: 'day', type: 'UInt32', data: day },
    { name: 'kind', type: 'UInt8', data: kind },
    { name: 'service', type: 'String', data: service },
    { name: 'value', type: 'String', data: value },
  ]);
}
