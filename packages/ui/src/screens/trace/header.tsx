import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useConfig } from '../../api/use-config.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { type CriticalPath, shareByService } from '../../kernel/critical-path.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { cssColor } from '../../render/service-fill.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Icon } from '../../widgets/icon.tsx';
import { archiveTrace, fillTemplate, saveFile } from './archive.ts';
import { countServices } from './legend.tsx';
import { recallResults } from './result-list.ts';
import styles from './trace.module.css';
import type { PageContext, TraceOrigin } from './trace-page.tsx';
import { TypicalButton } from './typical-button.tsx';

/** What this trace is, in one line, and what can be done with all of it. */
export function Header({
  context,
  origin,
  path,
}: {
  readonly context: PageContext;
  readonly origin: TraceOrigin;
  readonly path: CriticalPath | undefined;
}): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const time = useTimeFormat();
  const { opened, text: names, colors } = context;
  const { trace } = opened;
  const services = useMemo(() => countServices(trace, names.services), [trace, names]);
  const service = trace.count > 0 ? names.service(0) || names.client(0) : '';
  const name = trace.count > 0 ? names.name(0) : '';
  const title = `${service || text.header.unknownRoot}: ${name || text.timeline.unnamed}`;
  useEffect(() => {
    const before = document.title;
    document.title = `${title}, ${formatDuration(trace.traceDuration)}`;
    return () => {
      document.title = before;
    };
  }, [title, trace]);
  return (
    <header className={styles.header}>
      <ResultLinks context={context} origin={origin} />
      <h1 className={styles.title}>
        <span
          className={styles.swatch}
          ref={element => element?.style.setProperty('--color', cssColor(colors[trace.service[0] ?? -1]))}
        />
        <span>
          {service || text.header.unknownRoot} <span className={styles.titleName}>{name || text.timeline.unnamed}</span>
        </span>
      </h1>
      <dl className={styles.facts}>
        <Fact label={text.header.duration} strong>
          {formatDuration(trace.traceDuration)}
        </Fact>
        <Fact
          label={text.header.spans}
          title={trace.reported === trace.count ? undefined : text.header.reported(trace.reported)}
        >
          {number(trace.count)}
        </Fact>
        <Fact label={text.header.services}>{number(services.length)}</Fact>
        <Fact label={text.header.depth}>{number(trace.count === 0 ? 0 : trace.maxDepth + 1)}</Fact>
        {trace.errors > 0 && (
          <Fact label={text.header.errors} error>
            {number(trace.errors)}
          </Fact>
        )}
        {trace.startedAt > 0 && <Fact label={text.header.started}>{time.dateTime(trace.startedAt / 1000)}</Fact>}
      </dl>
      <span className={styles.traceId}>
        <span className="mono">{trace.traceId}</span>
        <CopyButton text={trace.traceId} label={text.header.copyId} iconOnly />
      </span>
      <Actions context={context} origin={origin} />
      {path !== undefined && (
        <p className={styles.pathShare}>
          {text.tools.pathShare(
            shareByService(trace, path)
              .slice(0, 5)
              .map(
                ({ service: s, share }) =>
                  `${names.services[s] ?? text.timeline.unknownService} ${number(share, 'percent')}`,
              )
              .join(', '),
          )}
        </p>
      )}
    </header>
  );
}

function Fact({
  label,
  title,
  strong,
  error,
  children,
}: {
  readonly label: string;
  readonly title?: string | undefined;
  readonly strong?: boolean;
  readonly error?: boolean;
  readonly children: React.ReactNode;
}): React.ReactNode {
  return (
    <div title={title} data-strong={strong || undefined} data-error={error || undefined}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Back to the search, and to the traces beside this one in its results. */
function ResultLinks({
  context,
  origin,
}: {
  readonly context: PageContext;
  readonly origin: TraceOrigin;
}): React.ReactNode {
  const text = useText('trace');
  const list = useMemo(() => recallResults(), []);
  if (origin.type === 'file') {
    return (
      <button type="button" className="button quiet no-print" onClick={origin.back}>
        ‹ {origin.several ? text.viewer.all : text.viewer.another}
      </button>
    );
  }
  const at = list?.traceIds.indexOf(origin.traceId) ?? -1;
  if (list === undefined || at < 0) return null;
  const to = (index: number): React.ReactNode => {
    const traceId = list.traceIds[index];
    const next = index > at;
    const label = next ? text.header.next : text.header.previous;
    if (traceId === undefined) return null;
    return (
      <Link
        to="/traces/$traceId"
        params={{ traceId }}
        search={keepView(context)}
        className="button quiet icon"
        aria-label={label}
        title={`${label} (${next ? ']' : '['})`}
        data-result={next ? 'next' : 'previous'}
      >
        {next ? '›' : '‹'}
      </Link>
    );
  };
  return (
    <nav className={`${styles.results} no-print`} aria-label={text.header.results}>
      <Link to="/" search={Object.fromEntries(new URLSearchParams(list.search))} className="button quiet">
        {text.header.results}
      </Link>
      {to(at - 1)}
      <span className="muted">{text.header.position(at + 1, list.traceIds.length)}</span>
      {to(at + 1)}
    </nav>
  );
}

/** How one looks stays on the way to the next trace; what one looked at does not. */
function keepView({ state }: PageContext): Record<string, string> {
  return {
    ...(state.view !== 'timeline' && { view: state.view }),
    ...(state.find !== '' && { find: state.find }),
    ...(state.criticalPath && { cp: '1' }),
    ...(!state.group && { group: '0' }),
  };
}

function Actions({
  context,
  origin,
}: {
  readonly context: PageContext;
  readonly origin: TraceOrigin;
}): React.ReactNode {
  const text = useText('trace');
  const config = useConfig();
  const { client, opened } = context;
  const { traceId } = opened.trace;
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const { current } = menu;
      if (current?.open === true && !(event.target instanceof Node && current.contains(event.target)))
        current.open = false;
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, []);
  const download = async (): Promise<void> =>
    saveFile(`${traceId}.json`, (await client.call('download', [])) as Uint8Array<ArrayBuffer>, 'application/json');
  return (
    <div className={`${styles.actions} no-print`}>
      <CopyButton text={() => location.href} label={text.header.copyLink} iconOnly />
      <button
        type="button"
        className="button quiet icon"
        aria-label={text.header.download}
        title={text.header.download}
        onClick={download}
      >
        <Icon name="download" />
      </button>
      <details
        ref={menu}
        className={styles.menu}
        onKeyDown={event => {
          if (event.key !== 'Escape' || menu.current?.open !== true) return;
          event.stopPropagation();
          menu.current.open = false;
          menu.current.querySelector('summary')?.focus();
        }}
      >
        <summary className="button quiet icon" aria-label={text.header.more} title={text.header.more}>
          ⋯
        </summary>
        <div className={styles.menuList}>
          {origin.type === 'server' && config.searchEnabled && <TypicalButton context={context} />}
          <CompareForm traceId={traceId} />
          {config.logsUrl !== undefined && (
            <a className="button quiet" href={fillTemplate(config.logsUrl, traceId)} target="_blank" rel="noreferrer">
              <Icon name="external" />
              {text.header.logs}
            </a>
          )}
          {config.archivePostUrl !== undefined && origin.type === 'server' && (
            <Archive
              url={origin.url}
              postUrl={config.archivePostUrl}
              archiveUrl={config.archiveUrl}
              traceId={traceId}
            />
          )}
          <Link to="/traceViewer" className="button quiet">
            <Icon name="upload" />
            {text.header.upload}
          </Link>
        </div>
      </details>
    </div>
  );
}

function CompareForm({ traceId }: { readonly traceId: string }): React.ReactNode {
  const text = useText('trace');
  const navigate = useNavigate();
  const [other, setOther] = useState('');
  const valid = /^[0-9a-f]{1,32}$/i.test(other.trim());
  return (
    <form
      className={styles.compareForm}
      onSubmit={event => {
        event.preventDefault();
        if (valid)
          void navigate({ to: '/compare/$pair', params: { pair: `${traceId}...${other.trim().toLowerCase()}` } });
      }}
    >
      <label>
        <span className="field-label">{text.header.comparePrompt}</span>
        <input
          className="mono"
          value={other}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setOther(event.target.value)}
        />
      </label>
      <button type="submit" className="button" disabled={!valid}>
        {text.header.compareGo}
      </button>
    </form>
  );
}

function Archive({
  url,
  postUrl,
  archiveUrl,
  traceId,
}: {
  readonly url: string;
  readonly postUrl: string;
  readonly archiveUrl: string | undefined;
  readonly traceId: string;
}): React.ReactNode {
  const text = useText('trace');
  const [state, setState] = useState<'idle' | 'busy' | 'done' | { readonly failed: string }>('idle');
  const send = async (): Promise<void> => {
    setState('busy');
    try {
      await archiveTrace(url, postUrl);
      setState('done');
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <>
      <button type="button" className="button quiet" disabled={state === 'busy'} onClick={send}>
        <Icon name="download" />
        {state === 'busy' ? text.header.archiving : state === 'done' ? text.header.archived : text.header.archive}
      </button>
      {state === 'done' && archiveUrl !== undefined && (
        <a className="button quiet" href={fillTemplate(archiveUrl, traceId)} target="_blank" rel="noreferrer">
          {text.header.archivedAt}
        </a>
      )}
      {typeof state === 'object' && (
        <p role="alert" className="error-text">
          {text.header.archiveFailed}: {state.failed}
        </p>
      )}
    </>
  );
}
