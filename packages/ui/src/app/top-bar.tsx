import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useConfig } from '../api/use-config.ts';
import { useTimeFormat } from '../format/use-time-format.ts';
import { useText } from '../i18n/use-text.ts';
import { THEMES } from '../settings/settings.ts';
import { getSettings, saveSetting } from '../settings/settings-store.ts';
import { Icon } from '../widgets/icon.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { useShortcuts } from './shortcuts.ts';
import styles from './top-bar.module.css';

const loadPalette = () => import('./palette.tsx').then(({ Palette }) => ({ default: Palette }));
const Palette = lazy(loadPalette);

/** The bar on every screen, and the keys that work everywhere. */
export function TopBar(): React.ReactNode {
  const text = useText('app');
  const config = useConfig();
  const { zone } = useTimeFormat();
  const navigate = useNavigate();
  const [paletteOpen, setPaletteOpen] = useState(false);

  useShortcuts({
    'Mod+k': () => setPaletteOpen(true),
    '?': () => void navigate({ to: '/help' }),
    'g t': () => void navigate({ to: '/' }),
    'g s': () => void navigate({ to: '/services' }),
    'g m': () => void navigate({ to: '/dependency' }),
    T: () => saveSetting('theme', THEMES[(THEMES.indexOf(getSettings().theme) + 1) % THEMES.length]!),
  });

  return (
    <header className={`${styles.bar} no-print`}>
      <Link to="/" className={styles.brand} aria-label="Tracekin">
        <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="var(--accent)" />
          <path d="M6 8h20v4H6zM10 14h9v4h-9zM15 20h11v4H15z" fill="var(--on-accent)" />
        </svg>
        <span>Tracekin</span>
      </Link>
      <nav aria-label={text.mainNavigation} className={styles.nav}>
        <Link to="/" activeOptions={{ exact: true, includeSearch: false }} activeProps={{ className: styles.current }}>
          {text.traces}
        </Link>
        {config.capabilities.has('red') && (
          <Link to="/services" activeOptions={{ includeSearch: false }} activeProps={{ className: styles.current }}>
            {text.services}
          </Link>
        )}
        {config.dependency.enabled && (
          <Link to="/dependency" activeOptions={{ includeSearch: false }} activeProps={{ className: styles.current }}>
            {text.map}
          </Link>
        )}
        <Link
          to="/traceViewer"
          className={styles.wideOnly}
          activeOptions={{ includeSearch: false }}
          activeProps={{ className: `${styles.wideOnly} ${styles.current}` }}
        >
          {text.openFile}
        </Link>
      </nav>
      <button
        type="button"
        className={styles.goto}
        aria-keyshortcuts="Control+K Meta+K"
        onPointerEnter={() => void loadPalette()}
        onFocus={() => void loadPalette()}
        onClick={() => setPaletteOpen(true)}
      >
        <Icon name="search" />
        <span className={styles.gotoText}>{text.goToOrSearch}</span>
        <kbd aria-hidden="true">Ctrl K</kbd>
      </button>
      {config.environment !== '' && (
        <span className={styles.environment} title={text.environment(config.environment)}>
          {config.environment}
        </span>
      )}
      <span className={`${styles.zone} muted`} title={`${text.timeZone}: ${zone}`}>
        {zone}
      </span>
      {config.supportUrl !== undefined && (
        <a href={config.supportUrl} target="_blank" rel="noreferrer" className={`${styles.tool} ${styles.wideOnly}`}>
          {text.support}
        </a>
      )}
      <Link to="/help" className={`${styles.tool} ${styles.square}`} aria-label={text.help} title={`${text.help} (?)`}>
        ?
      </Link>
      <SettingsPanel />
      {paletteOpen && (
        <Suspense>
          <Palette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </header>
  );
}
