import { useSyncExternalStore } from 'react';
import { useText } from '../i18n/use-text.ts';
import styles from './shell.module.css';

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}

/** Says that the browser is offline; what is on the screen stays. */
export function OfflineBanner(): React.ReactNode {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  const text = useText('app');
  return (
    <div role="status" className="no-print">
      {!online && <div className={styles.banner}>{text.offline}</div>}
    </div>
  );
}
