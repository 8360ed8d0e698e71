import { Link } from '@tanstack/react-router';
import { useText } from '../i18n/use-text.ts';
import { Message } from '../widgets/message.tsx';

export function NotFound(): React.ReactNode {
  const text = useText('app');
  return (
    <Message level={1} title={text.notFoundTitle} text={text.notFoundText}>
      <Link to="/" className="button primary">
        {text.traces}
      </Link>
    </Message>
  );
}
