import type { Block, Column } from '../native/decode-blocks.ts';
import { numberColumn, uint64Column } from '../read/span-rows.ts';
import type { LinkRows } from './column-linker.ts';

/** Blocks of `COLUMN_LINKER_COLUMNS` as one set of columns with one numbering of names. */
export function linkRowsFromBlocks(blocks: readonly Block[]): LinkRows {
  const count = blocks.reduce((sum, { rows }) => sum + rows, 0);
  const rows = {
    count,
    traces: new Uint32Array(count * 2),
    ids: new Uint32Array(count * 2),
    parentIds: new Uint32Array(count * 2),
    timestamps: new Uint32Array(count * 2),
    flags: new Uint8Array(count),
    services: new Uint32Array(count),
    remotes: new Uint32Array(count),
    names: [''],
  };
  const numbers = new Map<string, number>([['', 0]]);
  let at = 0;
  for (const block of blocks) {
    rows.traces.set(uint64Column(block, 'trace_low'), at * 2);
    rows.ids.set(uint64Column(block, 'id'), at * 2);
    rows.parentIds.set(uint64Column(block, 'parent_id'), at * 2);
    rows.timestamps.set(uint64Column(block, 'timestamp'), at * 2);
    rows.flags.set(numberColumn(block, 'flags'), at);
    number(block.columns.get('service'), rows.services, at, rows.names, numbers);
    number(block.columns.get('remote'), rows.remotes, at, rows.names, numbers);
    at += block.rows;
  }
  return rows;
}

function number(
  column: Column | undefined,
  target: Uint32Array,
  at: number,
  names: string[],
  numbers: Map<string, number>,
): void {
  if (column?.kind !== 'string') return;
  const { texts, rows } = column.dictionary ?? { texts: column.values, rows: column.values.map((_, row) => row) };
  const mapped = Uint32Array.from(texts, text => {
    let known = numbers.get(text);
    if (known === undefined) {
      known = names.push(text) - 1;
      numbers.set(text, known);
    }
    return known;
  });
  for (let row = 0; row < rows.length; row++) target[at + row] = mapped[rows[row]!]!;
}
