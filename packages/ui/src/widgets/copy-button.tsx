import { useEffect, useState } from 'react';
import { useText } from '../i18n/use-text.ts';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';

export interface CopyButtonProps {
  /** What to copy; a function is called at the click. */
  readonly text: string | (() => string);
  /** Name of the button; also its text unless `iconOnly`. */
  readonly label?: string | undefined;
  readonly iconOnly?: boolean;
  readonly className?: string;
}

/** Copies and says so for two seconds, by text for everybody and in a live region. */
export function CopyButton({
  text,
  label,
  iconOnly = false,
  className = 'button quiet',
}: CopyButtonProps): React.ReactNode {
  const app = useText('app');
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const name = label ?? app.copy;
  const copy = async (): Promise<void> => setCopied(await copyText(typeof text === 'string' ? text : text()));
  return (
    <button
      type="button"
      className={iconOnly ? `${className} icon` : className}
      aria-label={iconOnly ? name : undefined}
      title={iconOnly ? name : undefined}
      onClick={copy}
    >
      <Icon name={copied ? 'check' : 'copy'} />
      {!iconOnly && (copied ? app.copied : name)}
      <span className="visually-hidden" role="status">
        {copied ? app.copied : ''}
      </span>
    </button>
  );
}
