import { useMemo } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { unpackString } from '../../kernel/string-table.ts';
import { cssColor } from '../../render/service-fill.ts';
import { Message } from '../../widgets/message.tsx';
import styles from './panes.module.css';
import { RowList } from './row-list.tsx';
import type { PageContext } from './trace-page.tsx';
import { useWorker } from './use-find.ts';

/** Every annotation of the trace in the order of time. */
export function EventsPane({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const { client, opened, text: names, colors, selected, select, setOpen } = context;
  const events = useWorker(() => client.call('events', []), [client, opened]);
  const index = useMemo(() => (events === undefined ? -1 : events.row.indexOf(selected)), [events, selected]);
  if (events === undefined) return null;
  if (events.row.length === 0) return <Message title={text.views.events} text={text.events.none} />;
  return (
    <div className={styles.pane}>
      <RowList
        label={text.events.label}
        columns={[
          { key: 'time', label: text.events.time, numeric: true },
          { key: 'value', label: text.events.value },
          { key: 'service', label: text.events.service },
          { key: 'name', label: text.events.name },
        ]}
        template="90px minmax(120px, 3fr) minmax(80px, 1fr) minmax(90px, 1fr)"
        count={events.row.length}
        version={events}
        selected={index}
        onSelect={at => {
          select(events.row[at] as number);
          setOpen(true);
        }}
        fill={(cells, at) => {
          const row = events.row[at] as number;
          const value = unpackString(events.values, events.value[at] as number);
          const texts = [
            formatDuration(events.time[at] as number),
            value,
            names.service(row) || names.client(row),
            names.name(row),
          ];
          for (const [i, content] of texts.entries()) {
            const cell = cells[i] as HTMLElement;
            cell.textContent = content;
            cell.title = i === 1 ? content : '';
            cell.className = (i === 0 ? styles.numeric : i === 2 ? styles.serviceCell : '') as string;
          }
          cells[2]?.style.setProperty('--color', cssColor(colors[opened.trace.service[row] as number]));
        }}
      />
    </div>
  );
}
