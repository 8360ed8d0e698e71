import { useEffect, useRef } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { isGroup } from '../../kernel/rows.ts';
import { Icon, type IconName } from '../../widgets/icon.tsx';
import styles from './detail.module.css';
import { GroupDetail } from './group-detail.tsx';
import { rowOf } from './span-address.ts';
import { SpanPanel } from './span-panel.tsx';
import type { PageContext, TraceOrigin } from './trace-page.tsx';
import { useDock } from './use-dock.ts';
import { useWorker } from './use-find.ts';
import type { RowsState } from './use-rows.ts';

export interface DetailProps {
  readonly context: PageContext;
  readonly rows: RowsState;
  readonly origin: TraceOrigin;
  readonly go: (row: number) => void;
}

/** Everything about the chosen span, or about the repeats of a group. */
export function DetailPanel({ context, rows, origin, go }: DetailProps): React.ReactNode {
  const text = useText('trace');
  const { selected, setOpen, client, opened, state, patch } = context;
  const panel = useRef<HTMLElement>(null);
  const group = isGroup(selected);
  const detail = useWorker(group ? undefined : () => client.call('detail', [selected]), [client, opened, selected]);
  const pinnedRow = rowOf(opened, state.pin);
  const pinned = useWorker(pinnedRow < 0 ? undefined : () => client.call('detail', [pinnedRow]), [
    client,
    opened,
    pinnedRow,
  ]);
  const [dock, setDock] = useDock(state.dock, patch);
  // On a narrow screen the panel covers the page: the keyboard has to be in it.
  useEffect(() => {
    if (panel.current !== null && getComputedStyle(panel.current).position === 'fixed') panel.current.focus();
  }, []);
  const button = (icon: IconName, label: string, act: () => void, key = ''): React.ReactNode => (
    <button
      type="button"
      className="button quiet icon"
      aria-label={label}
      title={key === '' ? label : `${label} (${key})`}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
  const unpin = (): void => patch({ pin: undefined });
  const close = (
    <span className={styles.headButtons}>
      {!group && pinnedRow < 0 && button('pin', text.detail.pin, () => patch({ pin: context.text.id(selected) }), 'x')}
      {pinnedRow >= 0 && pinnedRow === selected && button('unpin', text.detail.unpin, unpin, 'x')}
      <span className={styles.dockButton}>
        {dock === 'right'
          ? button('dockBottom', text.detail.dockBottom, () => setDock('bottom'))
          : button('dockRight', text.detail.dockRight, () => setDock('right'))}
      </span>
      {button('close', text.detail.close, () => setOpen(false), 'Esc')}
    </span>
  );
  const besides = pinned !== undefined && pinnedRow !== selected;
  return (
    <aside
      ref={panel}
      className={styles.panel}
      data-dock={dock}
      data-pinned={besides || undefined}
      aria-label={text.detail.label}
      tabIndex={-1}
    >
      {besides && (
        <section className={styles.half} aria-label={text.detail.pinned}>
          <SpanPanel
            key={`pinned ${pinned.id}`}
            context={context}
            detail={pinned}
            other={detail}
            origin={origin}
            go={go}
            close={<span className={styles.headButtons}>{button('close', text.detail.unpin, unpin)}</span>}
          />
        </section>
      )}
      <div className={styles.half}>
        {group ? (
          <GroupDetail context={context} rows={rows} go={go} close={close} />
        ) : (
          detail !== undefined && (
            <SpanPanel
              key={detail.id + detail.row}
              context={context}
              detail={detail}
              other={besides ? pinned : undefined}
              origin={origin}
              go={go}
              close={close}
            />
          )
        )}
      </div>
    </aside>
  );
}
