import type { ReactNode } from 'react';
import styles from './message.module.css';

export interface MessageProps {
  readonly title: string;
  readonly text?: ReactNode;
  /** Shown as preformatted text, e.g. the answer of a server. */
  readonly detail?: string | undefined;
  readonly tone?: 'plain' | 'error';
  /** 1 when the message is all that the page has. */
  readonly level?: 1 | 2;
  /** What the reader can do about it. */
  readonly children?: ReactNode;
}

/** Says in the place of a screen or list why there is nothing to see, and offers the next step. */
export function Message({ title, text, detail, tone = 'plain', level = 2, children }: MessageProps): ReactNode {
  const Heading = `h${level}` as const;
  return (
    <section className={styles.message} data-tone={tone} role={tone === 'error' ? 'alert' : undefined}>
      <Heading>{title}</Heading>
      {text !== undefined && <p className="muted">{text}</p>}
      {detail !== undefined && detail !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <pre className={styles.detail} tabIndex={0}>
          {detail}
        </pre>
      )}
      {children !== undefined && <div className={styles.actions}>{children}</div>}
    </section>
  );
}
