import { useParams } from '@tanstack/react-router';
import { OpenFileScreen } from './open-file-screen.tsx';
import { ServerTraceScreen } from './server-trace-screen.tsx';

/** `/traces/{id}`, and `/traceViewer` where there is no id: a trace from a file. */
export function TraceScreen(): React.ReactNode {
  const { traceId } = useParams({ strict: false }) as { traceId?: string };
  return traceId === undefined ? <OpenFileScreen /> : <ServerTraceScreen key={traceId} traceId={traceId} />;
}
