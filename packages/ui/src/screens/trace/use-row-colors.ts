import { useMemo } from 'react';
import { assignColors, type ServiceColor } from '../../kernel/service-colors.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import { packedCount, unpackString } from '../../kernel/string-table.ts';
import type { TraceClient } from '../../worker/trace-client.ts';
import { useWorker } from './use-find.ts';

/** What the bars are coloured by: the service, or the value of a tag. */
export interface RowColors {
  /** By row, a number in `colors`; -1 for none. */
  readonly key: Int32Array;
  /** The same for the caller's side of a call that both sides reported. */
  readonly clientKey: Int32Array;
  readonly colors: readonly ServiceColor[];
  /** The values with a colour, the most frequent first; undefined for services, which have the legend. */
  readonly values: readonly { readonly number: number; readonly label: string; readonly rows: number }[] | undefined;
}

/** @param tag key of a tag, empty for the service. Until the worker has answered, bars keep the colours of services. */
export function useRowColors(
  client: TraceClient,
  opened: OpenedTrace,
  services: readonly ServiceColor[],
  tag: string,
): RowColors {
  const { trace } = opened;
  const column = useWorker(tag === '' ? undefined : () => client.call('tagColumn', [tag]), [client, opened, tag]);
  return useMemo(() => {
    if (column === undefined)
      return { key: trace.service, clientKey: trace.clientService, colors: services, values: undefined };
    const labels = Array.from({ length: packedCount(column.values) }, (_, i) => unpackString(column.values, i));
    const rows = new Int32Array(labels.length);
    for (const number of column.value) if (number >= 0) rows[number] = (rows[number] as number) + 1;
    const values = labels
      .map((label, number) => ({ number, label, rows: rows[number] as number }))
      .sort((a, b) => b.rows - a.rows || (a.label < b.label ? -1 : 1));
    return { key: column.value, clientKey: column.value, colors: assignColors(labels), values };
  }, [trace, services, column]);
}
