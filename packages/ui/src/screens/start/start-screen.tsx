import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useMatch, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { servicesQuery } from '../../api/names.ts';
import { apiUrl, request } from '../../api/request.ts';
import { useConfig } from '../../api/use-config.ts';
import { useTitle } from '../../app/use-title.ts';
import { useText } from '../../i18n/use-text.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { Icon } from '../../widgets/icon.tsx';
import { RequestFailure } from '../../widgets/request-failure.tsx';
import { sampleTrace } from './sample-trace.ts';
import { snippets } from './snippets.ts';
import styles from './start-screen.module.css';

const POLL_MS = 2000;
/** Time for a search to see what was just accepted (Zipkin answers before it stores). */
const SETTLE_MS = 400;

/** How to send the first span. Also in place of the search while no service is known; ends by itself when one is. */
export function StartScreen(): React.ReactNode {
  const text = useText('start');
  useTitle(text.title);
  const config = useConfig();
  const navigate = useNavigate();
  const isOwnPage = useMatch({ from: '/start', shouldThrow: false }) !== undefined;
  const { data: services } = useQuery({ ...servicesQuery(), refetchInterval: POLL_MS, staleTime: 0 });
  const hasSpans = services !== undefined && services.length > 0;
  const waited = useRef(false);
  if (services?.length === 0) waited.current = true;
  // Collectors are mounted beside the UI, not below it.
  const root = apiUrl('../').href;
  const [opened, setOpened] = useState<string>('curl');

  const sample = useMutation({
    mutationFn: async (): Promise<string> => {
      const spans = sampleTrace(Date.now());
      await request(apiUrl('../api/v2/spans'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(spans),
      });
      await new Promise(resolve => setTimeout(resolve, SETTLE_MS));
      return spans[0]!.traceId;
    },
  });
  useEffect(() => {
    if (isOwnPage && hasSpans && waited.current && !sample.isSuccess && !sample.isPending) void navigate({ to: '/' });
  }, [isOwnPage, hasSpans, navigate, sample.isSuccess, sample.isPending]);

  return (
    <div className={styles.screen}>
      <h1>{text.title}</h1>
      <p role="status" className={styles.state} data-receiving={hasSpans || undefined}>
        <i aria-hidden="true" />
        {hasSpans ? text.receiving : text.waiting} <span className="muted">{text.listening(root)}</span>
        {hasSpans && (
          <Link to="/" className="button primary">
            {text.toTraces}
          </Link>
        )}
      </p>
      <p className="muted">{text.intro}</p>
      <Tabs className={styles.tabs!} selectedKey={opened} onSelectionChange={key => setOpened(String(key))}>
        <TabList aria-label={text.ways} className={styles.list!}>
          {snippets(root, config.capabilities.size > 0).map(({ id, title }) => (
            <Tab key={id} id={id} className={styles.tab!}>
              {title}
            </Tab>
          ))}
        </TabList>
        {snippets(root, config.capabilities.size > 0).map(({ id, title, place, text: code }) => (
          <TabPanel key={id} id={id} className={styles.panel!}>
            <div className={styles.head}>
              <span className="muted">{text.goesTo(place)}</span>
              <CopyButton text={code} label={text.copySnippet(title)} className="button" />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
            <pre tabIndex={0}>{code}</pre>
          </TabPanel>
        ))}
      </Tabs>
      <h2>{text.noProgram}</h2>
      <div className={styles.actions}>
        <button type="button" className="button primary" disabled={sample.isPending} onClick={() => sample.mutate()}>
          <Icon name="play" />
          {sample.isPending ? text.sending : text.sendSample}
        </button>
        <Link to="/traceViewer" className="button">
          <Icon name="upload" />
          {text.openFile}
        </Link>
      </div>
      <p role="status" className={styles.sent}>
        {sample.isSuccess && (
          <>
            {text.sent}{' '}
            <Link to="/traces/$traceId" params={{ traceId: sample.data }}>
              {text.openSample}
            </Link>
          </>
        )}
      </p>
      {sample.isError && <RequestFailure error={sample.error} onRetry={() => sample.mutate()} />}
    </div>
  );
}
