import { Outlet, useLocation } from '@tanstack/react-router';
import { Suspense, useEffect, useRef } from 'react';
import { useText } from '../i18n/use-text.ts';
import { isEmbedded } from './embed.ts';
import { Notice } from './notice.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useSearchParams } from './use-search-params.ts';

/** What surrounds every screen: skip link, top bar, banners. Nothing but the screen itself when embedded. */
export function Shell(): React.ReactNode {
  const [search] = useSearchParams();
  const text = useText('app');
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);
  // The link that was followed is gone with its screen: without this, the keyboard would start at the top bar again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs after each change of the screen
  useEffect(() => {
    // Of a page that has just come, nothing is gone; the keyboard begins with the link that skips the top bar.
    if (first.current) first.current = false;
    else if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [pathname]);
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
      <main ref={main} id="main" className={styles.main} tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <Notice />
    </>
  );
}
