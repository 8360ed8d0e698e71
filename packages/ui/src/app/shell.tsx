import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useText } from '../i18n/use-text.ts';
import { isEmbedded } from './embed.ts';
import { OfflineBanner } from './offline-banner.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useSearchParams } from './use-search-params.ts';

/** What surrounds every screen: skip link, top bar, banners. Nothing but the screen itself when embedded. */
export function Shell(): React.ReactNode {
  const [search] = useSearchParams();
  const text = useText('app');
  return (
    <>
      {!isEmbedded(search) && (
        <>
          <a className={`visually-hidden ${styles.skip}`} href="#main">
            {text.skipToContent}
          </a>
          <TopBar />
        </>
      )}
      <OfflineBanner />
      <main id="main" className={styles.main} tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
    </>
  );
}
