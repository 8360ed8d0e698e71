import { Link } from '@tanstack/react-router';
import { traceUrl } from '../../api/trace-url.ts';
import { useSearchParams } from '../../app/use-search-params.ts';
import { useText } from '../../i18n/use-text.ts';
import { Message } from '../../widgets/message.tsx';
import styles from './trace.module.css';
import { TracePage } from './trace-page.tsx';
import { useServerTrace } from './use-opened-trace.ts';

/** A trace of the server: loading, failures, and then the page. */
export function ServerTraceScreen({ traceId }: { readonly traceId: string }): React.ReactNode {
  const text = useText('trace');
  const [search] = useSearchParams();
  const { load, reload, rebuild } = useServerTrace(traceId, search['skew'] === 'raw');

  switch (load.phase) {
    case 'loading':
      return (
        <div className={styles.loading} role="status">
          <h1 className="visually-hidden">{text.title}</h1>
          <p>{text.loading}</p>
          <p className="mono muted">{traceId}</p>
          <p className="muted">
            {load.spans === 0 ? '\u00a0' : text.loadingProgress(load.spans, `${(load.bytes / 1e6).toFixed(1)} MB`)}
          </p>
        </div>
      );
    case 'missing':
      return (
        <>
          <h1 className="visually-hidden">{text.title}</h1>
          <Message title={text.notFoundTitle} text={text.notFoundText} detail={traceId}>
            <button type="button" className="button primary" onClick={reload}>
              {text.tryAgain}
            </button>
            <Link to="/" className="button">
              {text.backToSearch}
            </Link>
            <Link to="/traceViewer" className="button">
              {text.openFile}
            </Link>
          </Message>
        </>
      );
    case 'failed':
      return (
        <>
          <h1 className="visually-hidden">{text.title}</h1>
          <Message tone="error" title={text.failedTitle} text={text.failedText(load.status)} detail={load.body}>
            <button type="button" className="button primary" onClick={reload}>
              {text.tryAgain}
            </button>
          </Message>
        </>
      );
    case 'ready':
      return (
        <TracePage
          client={load.client}
          opened={load.opened}
          origin={{ type: 'server', traceId, url: traceUrl(traceId) }}
          rebuild={rebuild}
        />
      );
    default:
      return load satisfies never;
  }
}
