import { useId, useState } from 'react';
import { flushSync } from 'react-dom';
import { localTimeZone } from '../format/time.ts';
import { LOCALE_NAMES, LOCALES, type Locale } from '../i18n/locales.ts';
import { useText } from '../i18n/use-text.ts';
import { DENSITIES, type SettingName, type Settings, THEMES } from '../settings/settings.ts';
import { getSettings, linkedNames, saveSetting } from '../settings/settings-store.ts';
import { useSettings } from '../settings/use-settings.ts';
import { Icon } from '../widgets/icon.tsx';
import styles from './settings-panel.module.css';

/** The button in the bar and what it opens. */
export function SettingsPanel(): React.ReactNode {
  const text = useText('app');
  const id = useId();
  // Four hundred time zones are not drawn before somebody looks: they would be most of the first render of every page.
  const [opened, setOpened] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button quiet icon"
        popoverTarget={id}
        aria-label={text.settings}
        title={text.settings}
      >
        <Icon name="settings" />
      </button>
      <div
        id={id}
        popover="auto"
        className={styles.panel}
        role="dialog"
        aria-label={text.settings}
        onBeforeToggle={() => flushSync(() => setOpened(true))}
      >
        {opened && <Choices />}
      </div>
    </>
  );
}

/** The reader's choices. They hold at once; a link's own settings are named as such. */
function Choices(): React.ReactNode {
  const text = useText('app');
  const settings = useSettings();
  const linked = linkedNames();
  const localZone = localTimeZone();
  const keep = <N extends SettingName>(name: N): void => saveSetting(name, getSettings()[name]);
  return (
    <>
      <Choice
        name="theme"
        label={text.theme}
        value={settings.theme}
        options={THEMES.map(theme => [theme, text.themes[theme]])}
      />
      <Choice
        name="density"
        label={text.density}
        value={settings.density}
        options={DENSITIES.map(density => [density, text.densities[density]])}
      />
      <Choice
        name="locale"
        label={text.language}
        value={settings.locale}
        options={LOCALES.map((locale: Locale) => [locale, LOCALE_NAMES[locale]])}
      />
      <Choice
        name="timeZone"
        label={text.timeZone}
        value={settings.timeZone}
        options={[
          ['local', text.localTimeZone(localZone)],
          ['UTC', 'UTC'],
          ...Intl.supportedValuesOf('timeZone')
            .filter(zone => zone !== 'UTC')
            .map((zone): [string, string] => [zone, zone]),
        ]}
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={settings.shortcuts}
          onChange={event => saveSetting('shortcuts', event.target.checked)}
        />
        {text.singleKeys}
      </label>
      {linked.length > 0 && (
        <p className={styles.linked}>
          {text.setByLink}{' '}
          <button type="button" className="button" onClick={() => linked.forEach(keep)}>
            {text.keepAsDefault}
          </button>
        </p>
      )}
    </>
  );
}

interface ChoiceProps<N extends SettingName> {
  readonly name: N;
  readonly label: string;
  readonly value: Settings[N] & string;
  readonly options: readonly (readonly [value: Settings[N] & string, label: string])[];
}

function Choice<N extends SettingName>({ name, label, value, options }: ChoiceProps<N>): React.ReactNode {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={event => saveSetting(name, event.target.value as Settings[N])}>
        {options.map(([option, title]) => (
          <option key={option} value={option}>
            {title}
          </option>
        ))}
      </select>
    </>
  );
}
