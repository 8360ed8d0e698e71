import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { traceUrl } from '../../api/trace-url.ts';
import { useText } from '../../i18n/use-text.ts';
import type { TraceDiff } from '../../kernel/compare.ts';
import { Message } from '../../widgets/message.tsx';
import { TraceClient } from '../../worker/trace-client.ts';
import styles from './compare.module.css';
import { type ComparedTrace, ComparePage } from './compare-page.tsx';

type CompareLoad =
  | { readonly phase: 'loading' }
  | { readonly phase: 'missing'; readonly traceId: string }
  | { readonly phase: 'failed'; readonly message: string }
  | { readonly phase: 'ready'; readonly a: ComparedTrace; readonly b: ComparedTrace; readonly diff: TraceDiff };

/** `/compare/{a}...{b}` */
export function CompareScreen(): React.ReactNode {
  const text = useText('trace');
  const { pair = '' } = useParams({ strict: false }) as { pair?: string };
  const match = /^([0-9a-f]{1,32})\.\.\.([0-9a-f]{1,32})$/i.exec(pair);
  if (match === null) {
    return (
      <>
        <h1 className="visually-hidden">{text.compare.title}</h1>
        <Message title={text.compare.title} text={text.compare.badPair}>
          <Link to="/" className="button">
            {text.backToSearch}
          </Link>
        </Message>
      </>
    );
  }
  return <Compare key={pair} a={(match[1] as string).toLowerCase()} b={(match[2] as string).toLowerCase()} />;
}

function Compare({ a, b }: { readonly a: string; readonly b: string }): React.ReactNode {
  const text = useText('trace');
  const [load, setLoad] = useState<CompareLoad>({ phase: 'loading' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is what makes it load again
  useEffect(() => {
    const clients = [new TraceClient(), new TraceClient()] as const;
    let live = true;
    setLoad({ phase: 'loading' });
    loadBoth(clients, a, b).then(
      result => live && setLoad(result),
      (error: unknown) => live && setLoad({ phase: 'failed', message: String(error) }),
    );
    return () => {
      live = false;
      for (const client of clients) client.close();
    };
  }, [a, b, attempt]);

  const again = (
    <button type="button" className="button primary" onClick={() => setAttempt(attempt + 1)}>
      {text.tryAgain}
    </button>
  );
  switch (load.phase) {
    case 'loading':
      return (
        <div className={styles.loading} role="status">
          <h1 className="visually-hidden">{text.compare.title}</h1>
          {text.loading}
        </div>
      );
    case 'missing':
      return (
        <>
          <h1 className="visually-hidden">{text.compare.title}</h1>
          <Message title={text.notFoundTitle} text={text.notFoundText} detail={load.traceId}>
            {again}
            <Link to="/" className="button">
              {text.backToSearch}
            </Link>
          </Message>
        </>
      );
    case 'failed':
      return (
        <>
          <h1 className="visually-hidden">{text.compare.title}</h1>
          <Message tone="error" title={text.failedTitle} detail={load.message}>
            {again}
          </Message>
        </>
      );
    case 'ready':
      return <ComparePage a={load.a} b={load.b} diff={load.diff} />;
    default:
      return load satisfies never;
  }
}

async function loadBoth(clients: readonly [TraceClient, TraceClient], a: string, b: string): Promise<CompareLoad> {
  const ids = [a, b] as const;
  const results = await Promise.all(clients.map((client, i) => client.call('load', [traceUrl(ids[i] as string)])));
  for (const [i, result] of results.entries()) {
    if (result.ok) continue;
    const traceId = ids[i] as string;
    return result.status === 404
      ? { phase: 'missing', traceId }
      : { phase: 'failed', message: `${traceId}: ${result.status} ${result.body}` };
  }
  const [openedA, openedB] = await Promise.all([
    clients[0].call('build', [{ rawClocks: false }]),
    clients[1].call('build', [{ rawClocks: false }]),
  ]);
  const other = await clients[1].call('paths', []);
  const diff = await clients[0].call('compare', [other]);
  return {
    phase: 'ready',
    a: { client: clients[0], opened: openedA, traceId: a },
    b: { client: clients[1], opened: openedB, traceId: b },
    diff,
  };
}
