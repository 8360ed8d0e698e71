import { fetchConfig } from './api/config.ts';
import { nextTask } from './app/next-task.ts';
import { loadText } from './i18n/load-text.ts';
import { applySettingsToDocument } from './settings/apply-settings.ts';
import { applyLinkedSettings, getSettings } from './settings/settings-store.ts';
import { startEarlyTrace } from './worker/early-trace.ts';
import './theme/index.css';

// The start of every page. What is asked for first is what takes longest: the trace, the configuration, the texts. The
// libraries, the application and its first render follow as tasks of their own, so that none of them blocks the page for long.

applyLinkedSettings(new URLSearchParams(location.search));
applySettingsToDocument();
startEarlyTrace(location);
const config = fetchConfig();
// Said by whoever waits for it; until then nobody listens.
config.catch(() => undefined);
const text = loadText('app', getSettings().locale);

await import('react-dom/client');
await nextTask();
// For the libraries of routes and requests, which are one chunk.
await import('./api/query-client.ts');
await nextTask();
const { prepare, mount } = await import('./app/mount.tsx');
await nextTask();
// Nothing is drawn before the texts and the configuration are here: no flash of a wrong language, no layout shift. The
// screen's own code and texts come at the same time.
await Promise.all([text, prepare(config)]);
await nextTask();
mount(document.getElementById('root')!);
