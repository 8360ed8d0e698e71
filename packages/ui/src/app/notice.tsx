import { useSyncExternalStore } from 'react';
import { currentNotice, subscribeNotice } from './notice-store.ts';
import styles from './shell.module.css';

/** Where `showNotice` appears. */
export function Notice(): React.ReactNode {
  const text = useSyncExternalStore(subscribeNotice, currentNotice);
  return (
    <div role="status" className={`${styles.notice} no-print`}>
      {text}
    </div>
  );
}
