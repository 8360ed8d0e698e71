import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useText } from '../../i18n/use-text.ts';
import type { TraceDiff } from '../../kernel/compare.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { RowText } from '../../kernel/row-text.ts';
import { assignColors } from '../../kernel/service-colors.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import { indentOf } from '../../render/lead-painter.ts';
import { cssColor } from '../../render/service-fill.ts';
import { Icon } from '../../widgets/icon.tsx';
import type { TraceClient } from '../../worker/trace-client.ts';
import { RowList } from '../trace/row-list.tsx';
import styles from './compare.module.css';
import { type DiffState, delta, diffRows, diffState, selfDelta } from './compare-rows.ts';
import { TagDifferences } from './tag-differences.tsx';

export interface ComparedTrace {
  readonly client: TraceClient;
  readonly opened: OpenedTrace;
  readonly traceId: string;
}

/** A symbol besides the colour, so that neither is needed to understand the other. */
const SYMBOLS: Readonly<Record<DiffState, string>> = { onlyA: '+', onlyB: '−', changed: '≠', same: '' };

export function ComparePage({
  a,
  b,
  diff,
}: {
  readonly a: ComparedTrace;
  readonly b: ComparedTrace;
  readonly diff: TraceDiff;
}): React.ReactNode {
  const text = useText('trace');
  const navigate = useNavigate();
  const [search, patch] = useSearchParams();
  const order = search['order'] === 'delta' ? 'delta' : 'tree';
  const onlyDifferences = search['only'] === '1';
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set());
  const [selected, setSelected] = useState(-1);
  const rows = useMemo(
    () => diffRows(diff, { order, onlyDifferences, collapsed }),
    [diff, order, onlyDifferences, collapsed],
  );
  const colors = useMemo(() => {
    // All services of both traces, as on their own pages: a service keeps its colour from there to here.
    const names = [...new Set([a, b].flatMap(side => new RowText(side.opened.trace).services))];
    const assigned = assignColors(names);
    return new Map(names.map((name, i) => [name, assigned[i]]));
  }, [a, b]);
  const counts = useMemo(() => countStates(diff), [diff]);
  const widest = useMemo(() => diff.timeA.reduce((max, _, n) => Math.max(max, Math.abs(delta(diff, n))), 1), [diff]);
  const total = a.opened.trace.traceDuration - b.opened.trace.traceDuration;
  useEffect(() => {
    const before = document.title;
    document.title = text.compare.title;
    return () => {
      document.title = before;
    };
  }, [text]);

  const toggle = (node: number): void => {
    const next = new Set(collapsed);
    if (!next.delete(node)) next.add(node);
    setCollapsed(next);
  };
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{text.compare.title}</h1>
        <Side label={text.compare.a} of={a} />
        <Side label={text.compare.b} of={b} />
        <span className={styles.total}>
          {text.compare.delta} <strong>{signed(total)}</strong>
        </span>
        <button
          type="button"
          className="button no-print"
          onClick={() =>
            void navigate({ to: '/compare/$pair', params: { pair: `${b.traceId}...${a.traceId}` }, search })
          }
        >
          <Icon name="swap" />
          {text.compare.swap}
        </button>
      </header>
      <div className={`${styles.tools} no-print`}>
        <label className={styles.check}>
          {text.compare.order}
          <select
            value={order}
            onChange={event => patch({ order: event.target.value === 'tree' ? undefined : event.target.value })}
          >
            <option value="tree">{text.compare.sortTree}</option>
            <option value="delta">{text.compare.sortDelta}</option>
          </select>
        </label>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={onlyDifferences}
            onChange={event => patch({ only: event.target.checked ? '1' : undefined })}
          />
          {text.compare.differences}
        </label>
        <span className="muted">{text.compare.summary(counts.onlyA, counts.onlyB, counts.changed)}</span>
      </div>
      <div className={styles.body}>
        <RowList
          label={text.compare.label}
          columns={[
            { key: 'path', label: text.compare.path },
            { key: 'a', label: text.compare.a, numeric: true },
            { key: 'b', label: text.compare.b, numeric: true },
            { key: 'delta', label: text.compare.delta, numeric: true },
            { key: 'bar', label: text.compare.bar },
            { key: 'calls', label: text.compare.calls, numeric: true },
          ]}
          template="minmax(180px, 3fr) 84px 84px 96px minmax(60px, 1fr) 84px"
          count={rows.length}
          version={rows}
          selected={rows.indexOf(selected)}
          onSelect={index => setSelected(rows[index] ?? -1)}
          onToggle={order === 'tree' ? index => toggle(rows[index] as number) : undefined}
          fill={(cells, index, row) => {
            const node = rows[index] as number;
            fillRow(cells, row, diff, node, {
              tree: order === 'tree',
              closed: collapsed.has(node),
              widest,
              state: text.compare[diffState(diff, node)],
              color: cssColor(colors.get(diff.service[node] as string)),
            });
          }}
        />
        {selected >= 0 && <TagDifferences a={a} b={b} diff={diff} node={selected} onClose={() => setSelected(-1)} />}
      </div>
    </div>
  );
}

function Side({ label, of }: { readonly label: string; readonly of: ComparedTrace }): React.ReactNode {
  const text = useText('trace');
  const { trace } = of.opened;
  const names = useMemo(() => new RowText(trace), [trace]);
  return (
    <Link to="/traces/$traceId" params={{ traceId: of.traceId }} className={styles.side}>
      <strong>{label}</strong>
      <span>
        {trace.count > 0 ? `${names.service(0)} ${names.name(0)}` : text.header.unknownRoot}{' '}
        {formatDuration(trace.traceDuration)}
      </span>
      <span className="muted">{text.legend.count(trace.count)}</span>
      <span className="mono muted">{of.traceId.slice(-8)}</span>
    </Link>
  );
}

interface FillOptions {
  readonly tree: boolean;
  readonly closed: boolean;
  readonly widest: number;
  readonly state: string;
  readonly color: string;
}

function fillRow(
  cells: readonly HTMLElement[],
  row: HTMLElement,
  diff: TraceDiff,
  node: number,
  options: FillOptions,
): void {
  const [path, a, b, change, bar, calls] = cells as readonly [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const state = diffState(diff, node);
  row.dataset['state'] = state;
  const parent = (diff.size[node] as number) > 1 && options.tree;
  path.className = styles.path as string;
  path.style.paddingInlineStart = `${options.tree ? indentOf(diff.depth[node] as number) : 0}px`;
  path.style.setProperty('--color', options.color);
  path.replaceChildren(
    span(styles.toggle, parent ? (options.closed ? '▸' : '▾') : '', parent ? 'toggle' : ''),
    span(styles.swatch, ''),
    span(styles.service, diff.service[node] as string),
    span('', ` ${diff.name[node]}`),
    span(styles.state, state === 'same' ? '' : `${SYMBOLS[state]} ${options.state}`),
  );
  path.title = `${diff.service[node]} ${diff.name[node]}`;
  const time = (rows: Int32Array, times: Float64Array): string =>
    (rows[node] as number) === 0 ? '–' : formatDuration(times[node] as number);
  a.textContent = time(diff.rowsA, diff.timeA);
  b.textContent = time(diff.rowsB, diff.timeB);
  const by = options.tree ? delta(diff, node) : selfDelta(diff, node);
  change.textContent = by === 0 ? '0' : signed(by);
  for (const cell of [a, b, change, calls]) cell.className = styles.numeric as string;
  bar.className = styles.bar as string;
  bar.style.setProperty('--share', String(Math.min(1, Math.abs(by) / options.widest)));
  bar.dataset['sign'] = by > 0 ? 'slower' : 'faster';
  calls.textContent =
    diff.rowsA[node] === diff.rowsB[node] ? String(diff.rowsA[node]) : `${diff.rowsA[node]} / ${diff.rowsB[node]}`;
}

function span(className: string | undefined, content: string, part = ''): HTMLElement {
  const element = document.createElement('span');
  element.className = className ?? '';
  element.textContent = content;
  if (part !== '') element.dataset['part'] = part;
  return element;
}

function signed(micros: number): string {
  return `${micros > 0 ? '+' : ''}${formatDuration(micros)}`;
}

function countStates(diff: TraceDiff): Record<DiffState, number> {
  const counts: Record<DiffState, number> = { onlyA: 0, onlyB: 0, changed: 0, same: 0 };
  for (let n = 0; n < diff.count; n++) counts[diffState(diff, n)]++;
  return counts;
}
