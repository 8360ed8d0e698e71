import { useMemo } from 'react';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { type ServiceCall, serviceCalls } from '../../kernel/service-calls.ts';
import { cssColor } from '../../render/service-fill.ts';
import styles from './panes.module.css';
import { layoutServices } from './service-layout.ts';
import type { PageContext } from './trace-page.tsx';

/** Above this the picture is a ball of wool; the table below has everything. */
const MOST_DRAWN = 60;
/** The same for calls for each service. */
const MOST_CALLS_EACH = 4;
const BOX = { width: 150, height: 34, gapX: 90, gapY: 18 };

/** The services of this trace and who calls whom, as a picture and as a table. */
export function MapPane({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const { opened, text: names, colors, patch } = context;
  const calls = useMemo(() => serviceCalls(opened.trace), [opened]);
  const layout = useMemo(() => layoutServices(calls), [calls]);
  const drawn =
    layout.places.size > 0 &&
    layout.places.size <= MOST_DRAWN &&
    calls.length <= Math.max(12, layout.places.size * MOST_CALLS_EACH);
  const name = (service: number): string => names.services[service] ?? text.timeline.unknownService;
  const heaviest = Math.max(1, ...calls.map(call => call.calls));
  const open = (call: ServiceCall): void =>
    patch({ view: undefined, find: `service=${quoted(name(call.to))}` }, { push: true });
  const at = (service: number): { x: number; y: number } => {
    const place = layout.places.get(service) ?? { column: 0, line: 0 };
    return { x: place.column * (BOX.width + BOX.gapX) + 10, y: place.line * (BOX.height + BOX.gapY) + 10 };
  };
  const width = layout.columns * (BOX.width + BOX.gapX) - BOX.gapX + 20;
  const height = layout.lines * (BOX.height + BOX.gapY) + 10;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={text.map.label}>
      {layout.places.size > 0 && !drawn && <p className={styles.note}>{text.map.tooDense}</p>}
      {drawn && (
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          className={styles.map}
          role="img"
          aria-label={text.map.label}
        >
          {calls.map(call => {
            if (call.from < 0 || call.from === call.to) return null;
            const from = at(call.from);
            const to = at(call.to);
            const forward = to.x > from.x;
            const x1 = forward ? from.x + BOX.width : from.x;
            const x2 = forward ? to.x : to.x + BOX.width;
            const y1 = from.y + BOX.height / 2;
            const y2 = to.y + BOX.height / 2;
            const bend = forward ? (x2 - x1) / 2 : -40;
            return (
              <path
                key={`${call.from} ${call.to}`}
                className={styles.edge}
                data-error={call.errors > 0 || undefined}
                strokeWidth={1 + 3 * (Math.log1p(call.calls) / Math.log1p(heaviest))}
                d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
              />
            );
          })}
          {[...layout.places.keys()].map(service => {
            const { x, y } = at(service);
            return (
              <g key={service} transform={`translate(${x} ${y})`}>
                <rect className={styles.node} width={BOX.width} height={BOX.height} rx={4} />
                <rect width={6} height={BOX.height} rx={2} fill={cssColor(colors[service])} />
                <text x={14} y={21} className={styles.nodeName}>
                  {name(service).length > 20 ? `${name(service).slice(0, 19)}…` : name(service)}
                </text>
              </g>
            );
          })}
        </svg>
      )}
      <table className={styles.stats}>
        <thead>
          <tr>
            <th scope="col">{text.map.from}</th>
            <th scope="col" className={styles.textCell}>
              {text.map.to}
            </th>
            <th scope="col">{text.map.calls}</th>
            <th scope="col">{text.map.errors}</th>
            <th scope="col">{text.map.time}</th>
          </tr>
        </thead>
        <tbody>
          {calls.slice(0, 500).map(call => (
            <tr key={`${call.from} ${call.to}`}>
              <th scope="row">{call.from < 0 ? '–' : name(call.from)}</th>
              <td className={styles.textCell}>
                <button type="button" className={styles.groupName} onClick={() => open(call)}>
                  {name(call.to)}
                </button>
              </td>
              <td>{number(call.calls)}</td>
              <td data-error={call.errors > 0 || undefined}>{call.errors === 0 ? '–' : number(call.errors)}</td>
              <td>{formatDuration(call.time)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function quoted(name: string): string {
  return name.includes(' ') ? `"${name}"` : name;
}
