import { Link } from '@tanstack/react-router';
import { useText } from '../i18n/use-text.ts';

export function TopBar(): React.ReactNode {
  const text = useText('app');
  return (
    <header>
      <Link to="/">{text.traces}</Link> <Link to="/dependency">{text.map}</Link>
    </header>
  );
}
