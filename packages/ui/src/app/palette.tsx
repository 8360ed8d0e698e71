import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Input } from 'react-aria-components/Input';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { TextField } from 'react-aria-components/TextField';
import { servicesQuery } from '../api/names.ts';
import { useText } from '../i18n/use-text.ts';
import type { Settings } from '../settings/settings.ts';
import { saveSetting } from '../settings/settings-store.ts';
import styles from './palette.module.css';
import { type Command, findCommands } from './palette-commands.ts';

/** Everything the UI can do, by typing: open a trace by its ID, a service, a screen, a setting. */
export function Palette({ onClose }: { readonly onClose: () => void }): React.ReactNode {
  const text = useText('app');
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const { data: services = [] } = useQuery(servicesQuery());
  const commands = findCommands(typed, services, text);

  useEffect(() => dialog.current?.showModal(), []);

  const run = ({ action }: Command): void => {
    dialog.current?.close();
    if ('trace' in action) void navigate({ to: '/traces/$traceId', params: { traceId: action.trace } });
    else if ('go' in action) void navigate({ to: action.go, search: action.search ?? {} });
    else saveSetting(action.set, action.value as Settings[typeof action.set]);
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop closes; the keyboard has Escape
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={text.palette.title}
      onClose={onClose}
      onClick={event => event.target === dialog.current && dialog.current.close()}
    >
      <Autocomplete inputValue={typed} onInputChange={setTyped}>
        <TextField aria-label={text.palette.placeholder} className={styles.field!} autoFocus>
          <Input
            role="combobox"
            aria-expanded
            aria-haspopup="listbox"
            placeholder={text.palette.placeholder}
            onKeyDown={event => event.key === 'Escape' && dialog.current?.close()}
          />
        </TextField>
        <ListBox
          aria-label={text.palette.results}
          className={styles.list!}
          items={commands}
          selectionMode="none"
          onAction={id => commands.filter(command => command.id === id).forEach(run)}
          renderEmptyState={() => <div className={styles.empty}>{text.palette.nothing}</div>}
        >
          {command => (
            <ListBoxItem className={styles.item!} textValue={command.label}>
              {command.label}
              {command.keys !== undefined && <kbd>{command.keys}</kbd>}
            </ListBoxItem>
          )}
        </ListBox>
      </Autocomplete>
    </dialog>
  );
}
