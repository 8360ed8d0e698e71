import { RequestError } from '../api/request.ts';
import { useText } from '../i18n/use-text.ts';
import { Message } from './message.tsx';

/** What to show when a request failed: the status, what the server said, and a way to try again. */
export function RequestFailure({
  error,
  onRetry,
}: {
  readonly error: Error;
  readonly onRetry: () => void;
}): React.ReactNode {
  const { failure } = useText('app');
  const request = error instanceof RequestError ? error : undefined;
  const isOk = request !== undefined && request.status >= 200 && request.status < 300;
  const title =
    request === undefined || request.status === 0
      ? failure.offline
      : isOk
        ? failure.notJson
        : failure.status(request.status);
  const detail = request === undefined ? String(error) : [request.path, request.body].filter(Boolean).join('\n\n');
  return (
    <Message
      tone="error"
      title={title}
      text={request?.status === 0 ? failure.offlineText : failure.statusText}
      detail={detail}
    >
      <button type="button" className="button primary" onClick={onRetry}>
        {failure.retry}
      </button>
    </Message>
  );
}
