import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { FileFormat } from '../../kernel/files/open-file.ts';
import type { OpenedTrace, TraceListing } from '../../kernel/session.ts';
import { Icon } from '../../widgets/icon.tsx';
import { Message } from '../../widgets/message.tsx';
import { TraceClient } from '../../worker/trace-client.ts';
import { takeHandedFile } from './handed-file.ts';
import styles from './open-file.module.css';
import { TracePage } from './trace-page.tsx';

interface OpenedFileState {
  readonly client: TraceClient;
  readonly name: string;
  readonly format: FileFormat;
  readonly traces: readonly TraceListing[];
}

/** `/traceViewer`: drop, choose or paste a file; one trace opens at once, several are listed. */
export function OpenFileScreen(): React.ReactNode {
  const text = useText('trace');
  const [search, patch] = useSearchParams();
  const [file, setFile] = useState<OpenedFileState | undefined>();
  const [opened, setOpened] = useState<OpenedTrace | undefined>();
  const [failure, setFailure] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const rawClocks = search['skew'] === 'raw';
  const chosen = file?.traces.length === 1 ? file.traces[0]?.traceId : search['trace'];

  const read = async (name: string, bytes: Promise<ArrayBuffer> | ArrayBuffer): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    const client = new TraceClient();
    try {
      const buffer = new Uint8Array(await bytes);
      const { format, traces } = await client.call('loadFile', [buffer], [buffer.buffer]);
      file?.client.close();
      setOpened(undefined);
      setFile({ client, name, format, traces });
    } catch (error) {
      client.close();
      setFailure(String(error));
    } finally {
      setBusy(false);
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for a file that was chosen on another screen
  useEffect(() => {
    const handed = takeHandedFile();
    if (handed !== undefined) void read(handed.name, handed.arrayBuffer());
  }, []);
  useEffect(() => () => file?.client.close(), [file]);
  useEffect(() => {
    if (file === undefined || chosen === undefined) return;
    let live = true;
    void file.client.call('build', [{ rawClocks, traceId: chosen }]).then(result => live && setOpened(result));
    return () => {
      live = false;
    };
  }, [file, chosen, rawClocks]);

  const again = (): void => {
    setFile(undefined);
    setOpened(undefined);
    patch({ trace: undefined, span: undefined, root: undefined, zoom: undefined, find: undefined });
  };

  if (file === undefined) return <Picker busy={busy} failure={failure} onFile={read} />;
  if (file.traces.length === 0) {
    return (
      <>
        <h1 className="visually-hidden">{text.viewer.title}</h1>
        <Message title={text.emptyTitle} text={text.emptyText} detail={file.name}>
          <button type="button" className="button primary" onClick={again}>
            {text.viewer.another}
          </button>
        </Message>
      </>
    );
  }
  if (chosen === undefined)
    return <TraceList file={file} onChoose={traceId => patch({ trace: traceId }, { push: true })} onAgain={again} />;
  if (opened === undefined || opened.trace.traceId.slice(-16) !== chosen.padStart(16, '0').slice(-16)) {
    return (
      <div className={styles.busy} role="status">
        {text.viewer.reading}
      </div>
    );
  }
  const back =
    file.traces.length > 1
      ? (): void =>
          patch(
            { trace: undefined, span: undefined, root: undefined, zoom: undefined, find: undefined },
            { push: true },
          )
      : again;
  return (
    <TracePage
      client={file.client}
      opened={opened}
      origin={{ type: 'file', name: file.name, several: file.traces.length > 1, back }}
      rebuild={() => {}}
    />
  );
}

function Picker({
  busy,
  failure,
  onFile,
}: {
  readonly busy: boolean;
  readonly failure: string | undefined;
  readonly onFile: (name: string, bytes: Promise<ArrayBuffer> | ArrayBuffer) => Promise<void>;
}): React.ReactNode {
  const text = useText('trace');
  const [over, setOver] = useState(false);
  const [pasted, setPasted] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const openPasted = (): void => void onFile('pasted.json', new TextEncoder().encode(pasted).buffer as ArrayBuffer);
  return (
    <div className={styles.picker}>
      <h1>{text.viewer.title}</h1>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way, the button below everybody's */}
      <div
        className={styles.drop}
        data-over={over || undefined}
        onDragOver={event => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={event => {
          event.preventDefault();
          setOver(false);
          const dropped = event.dataTransfer.files[0];
          if (dropped !== undefined) void onFile(dropped.name, dropped.arrayBuffer());
        }}
      >
        <Icon name="upload" />
        <p>
          <strong>{text.viewer.drop}</strong>
        </p>
        <p className="muted">{text.viewer.text}</p>
        <button type="button" className="button primary" disabled={busy} onClick={() => input.current?.click()}>
          {busy ? text.viewer.reading : text.viewer.choose}
        </button>
        <input
          ref={input}
          className="visually-hidden"
          type="file"
          accept=".json,.jsonl,application/json"
          aria-label={text.viewer.choose}
          tabIndex={-1}
          onChange={event => {
            const picked = event.target.files?.[0];
            if (picked !== undefined) void onFile(picked.name, picked.arrayBuffer());
          }}
        />
      </div>
      <label className={styles.paste}>
        <span className="field-label">{text.viewer.paste}</span>
        <textarea rows={4} value={pasted} spellCheck={false} onChange={event => setPasted(event.target.value)} />
      </label>
      <button type="button" className="button" disabled={busy || pasted.trim() === ''} onClick={openPasted}>
        {text.viewer.open}
      </button>
      {failure !== undefined && (
        <p className="error-text" role="alert">
          {text.viewer.failed}: {failure}
        </p>
      )}
    </div>
  );
}

function TraceList({
  file,
  onChoose,
  onAgain,
}: {
  readonly file: OpenedFileState;
  readonly onChoose: (traceId: string) => void;
  readonly onAgain: () => void;
}): React.ReactNode {
  const text = useText('trace');
  const time = useTimeFormat();
  const shown = file.traces.slice(0, 500);
  return (
    <div className={styles.list}>
      <h1>{text.viewer.several(file.traces.length)}</h1>
      <p className="muted">
        {file.name}, {text.viewer.formats[file.format]}{' '}
        <button type="button" className="button" onClick={onAgain}>
          {text.viewer.another}
        </button>
      </p>
      <ul>
        {shown.map(trace => (
          <li key={trace.traceId}>
            <button type="button" className={styles.item} onClick={() => onChoose(trace.traceId)}>
              <strong>
                {trace.service || text.header.unknownRoot} {trace.name}
              </strong>
              <span>{formatDuration(trace.duration)}</span>
              <span className="muted">{text.viewer.spans(trace.spans)}</span>
              <span className="muted">{trace.startedAt === 0 ? '' : time.dateTime(trace.startedAt / 1000)}</span>
              <span className="mono muted">{trace.traceId}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
