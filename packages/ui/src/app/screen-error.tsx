import type { ErrorComponentProps } from '@tanstack/react-router';
import { useText } from '../i18n/use-text.ts';
import { Message } from '../widgets/message.tsx';

/** In place of a screen that failed: says what happened, and how to go on. */
export function ScreenError({ error, reset }: ErrorComponentProps): React.ReactNode {
  const text = useText('app');
  return (
    <Message
      level={1}
      title={text.crashTitle}
      text={text.crashText}
      detail={error instanceof Error ? (error.stack ?? error.message) : String(error)}
      tone="error"
    >
      <button type="button" className="button primary" onClick={reset}>
        {text.tryAgain}
      </button>
      <button type="button" className="button" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </Message>
  );
}
