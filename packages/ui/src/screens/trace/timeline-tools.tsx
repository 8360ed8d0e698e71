import { useEffect, useState } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { ancestors } from '../../kernel/rows.ts';
import { Icon } from '../../widgets/icon.tsx';
import { ColorSelect } from './color-tools.tsx';
import styles from './trace.module.css';
import type { PageContext } from './trace-page.tsx';
import type { RowsState } from './use-rows.ts';

/** Toggles of the timeline, the zoom buttons, and where the focus is. */
export function TimelineTools({
  context,
  rows,
  root,
}: {
  readonly context: PageContext;
  readonly rows: RowsState;
  readonly root: number;
}): React.ReactNode {
  const text = useText('trace');
  const { state, patch, zoom, opened } = context;
  const { maxDepth } = opened.trace;
  const [window, setWindow] = useState(zoom.window);
  useEffect(() => {
    setWindow(zoom.window);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = zoom.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => setWindow(zoom.window), 120);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [zoom]);
  const levels = Array.from({ length: Math.min(9, maxDepth + 1) }, (_, i) => i + 1);
  const check = (label: string, on: boolean, param: Record<string, string | undefined>): React.ReactNode => (
    <label className={styles.check}>
      <input type="checkbox" checked={on} onChange={() => patch(param)} />
      {label}
    </label>
  );
  return (
    <div className={`${styles.tools} no-print`} role="toolbar" aria-label={text.tools.label}>
      {root >= 0 && <FocusPath context={context} root={root} />}
      {check(text.tools.criticalPath, state.criticalPath, { cp: state.criticalPath ? undefined : '1' })}
      {opened.repeats.count > 0 && check(text.tools.group, state.group, { group: state.group ? '0' : undefined })}
      {opened.trace.skewed > 0 || state.rawClocks
        ? check(text.tools.rawClocks, state.rawClocks, { skew: state.rawClocks ? undefined : 'raw' })
        : null}
      {!(window.from <= 0 && window.to >= zoom.total) &&
        check(text.tools.window, state.inWindow, { window: state.inWindow ? undefined : '1' })}
      <label className={styles.check}>
        {text.tools.levels}
        <select
          value={state.levels}
          onChange={event => patch({ depth: event.target.value === '0' ? undefined : event.target.value })}
        >
          <option value="0">{text.tools.allLevels}</option>
          {levels.map(level => (
            <option key={level} value={level}>
              {level}
            </option>
          ))}
        </select>
      </label>
      <ColorSelect context={context} />
      <button type="button" className="button quiet" onClick={() => rows.setSubtree(-1, true)}>
        {text.tools.collapseAll}
      </button>
      <button type="button" className="button quiet" onClick={() => rows.setSubtree(-1, false)}>
        {text.tools.expandAll}
      </button>
      {state.measure !== undefined && (
        <span className={styles.measured} role="status">
          {state.measure.to === undefined
            ? text.tools.measureStart(formatDuration(state.measure.from))
            : text.tools.measured(
                formatDuration(Math.abs(state.measure.to - state.measure.from)),
                formatDuration(state.measure.from),
                formatDuration(state.measure.to),
              )}
          <button
            type="button"
            className="button quiet icon"
            aria-label={text.tools.measureClear}
            title={text.tools.measureClear}
            onClick={() => patch({ measure: undefined })}
          >
            <Icon name="close" />
          </button>
        </span>
      )}
      <span className={styles.grow} />
      <span className={`${styles.window} mono`}>
        {formatDuration(window.from)} – {formatDuration(window.to)}
      </span>
      <button
        type="button"
        className="button quiet icon"
        aria-label={text.tools.zoomOut}
        title={`${text.tools.zoomOut} (-)`}
        onClick={() => zoom.zoomBy(2)}
      >
        <Icon name="minus" />
      </button>
      <button
        type="button"
        className="button quiet icon"
        aria-label={text.tools.zoomIn}
        title={`${text.tools.zoomIn} (+)`}
        onClick={() => zoom.zoomBy(0.5)}
      >
        <Icon name="plus" />
      </button>
      <button
        type="button"
        className="button quiet icon"
        aria-label={text.tools.zoomReset}
        title={`${text.tools.zoomReset} (0)`}
        onClick={() => zoom.reset()}
      >
        <Icon name="fit" />
      </button>
    </div>
  );
}

/** Way back up: the last ancestors of the focused span. */
function FocusPath({ context, root }: { readonly context: PageContext; readonly root: number }): React.ReactNode {
  const text = useText('trace');
  const { opened, text: names, patch } = context;
  const above = ancestors(opened.trace, root, 3);
  const label = (row: number): string => `${names.service(row)} ${names.name(row)}`.trim() || text.timeline.unnamed;
  return (
    <nav className={styles.crumbs} aria-label={text.timeline.path}>
      <button type="button" className="button quiet" onClick={() => patch({ root: undefined })}>
        {text.tools.unfocus}
      </button>
      {above.map(row => (
        <span key={row}>
          <span aria-hidden="true">› </span>
          <button type="button" className="button quiet" onClick={() => patch({ root: names.id(row) })}>
            {label(row)}
          </button>
        </span>
      ))}
      <span aria-current="true">
        <span aria-hidden="true">› </span>
        <strong>{label(root)}</strong>
      </span>
    </nav>
  );
}
