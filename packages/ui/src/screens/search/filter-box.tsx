import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Input } from 'react-aria-components/Input';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { TextField } from 'react-aria-components/TextField';
import {
  autocompleteKeysQuery,
  autocompleteValuesQuery,
  remoteServicesQuery,
  servicesQuery,
  spanNamesQuery,
} from '../../api/names.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { useText } from '../../i18n/use-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import { addFilter, type Filter, filterText, filterValue } from './filter.ts';
import styles from './filter-box.module.css';
import { parseFilterText } from './filter-text.ts';
import { type Suggestion, suggest, typedTagKey } from './suggestions.ts';

export interface FilterBoxProps {
  readonly filters: readonly Filter[];
  readonly onChange: (filters: readonly Filter[]) => void;
  /** Enter with nothing (more) to add. */
  readonly onSubmit: () => void;
}

/** Filters as removable tokens, then a text box that completes them. Enter takes what has been typed as it is. */
export function FilterBox({ filters, onChange, onSubmit }: FilterBoxProps): React.ReactNode {
  const text = useText('search');
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const suggestions = useSuggestions(typed, filters, open);

  useShortcuts({ '/': () => input.current?.focus() });

  const type = (value: string): void => {
    setTyped(value);
    setProblem('');
    setOpen(true);
  };
  const add = (added: readonly Filter[]): void => {
    onChange(added.reduce<readonly Filter[]>(addFilter, filters));
    type('');
    // The results are what the reader wants to see now; any key opens the list again.
    setOpen(false);
  };
  const choose = (suggestion: Suggestion | undefined): void => {
    if (suggestion?.filters !== undefined) add(suggestion.filters);
    else if (suggestion?.insert !== undefined) type(suggestion.insert);
  };
  const submit = (): void => {
    const parsed = parseFilterText(typed);
    const [first] = parsed.problems;
    if (first !== undefined) {
      setProblem(text.problems[first.reason](first.text));
    } else {
      if (parsed.filters.length > 0) add(parsed.filters);
      else onSubmit();
    }
  };
  const edit = (filter: Filter): void => {
    onChange(filters.filter(other => other !== filter));
    type(filterText(filter));
    input.current?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape') setOpen(false);
    else if (event.key === 'ArrowDown') setOpen(true);
    else if (event.key === 'Backspace' && typed === '' && filters.length > 0) {
      event.preventDefault();
      edit(filters.at(-1)!);
    } else if (event.key === 'Enter' && !hasActiveOption(input.current)) {
      event.preventDefault();
      submit();
    }
  };
  const onBlur = (event: React.FocusEvent): void => {
    if (!box.current?.contains(event.relatedTarget)) setOpen(false);
  };
  const isOpen = open && suggestions.length > 0;

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the tokens goes to the text box, which Tab reaches anyway
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      ref={box}
      className={styles.box}
      onBlur={onBlur}
      onClick={event => event.target === event.currentTarget && input.current?.focus()}
    >
      {filters.length > 0 && (
        <ul className={styles.tokens} aria-label={text.filters}>
          {filters.map(filter => {
            const label = filterText(filter);
            return (
              <li
                key={label}
                className={styles.token}
                data-error={label === 'error' || label.startsWith('error=') || undefined}
              >
                <button
                  type="button"
                  onClick={() => edit(filter)}
                  aria-label={text.edit(label)}
                  title={text.edit(label)}
                >
                  {label}
                </button>
                <button
                  type="button"
                  onClick={() => onChange(filters.filter(other => other !== filter))}
                  aria-label={text.remove(label)}
                  title={text.remove(label)}
                >
                  <Icon name="close" />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <Autocomplete inputValue={typed} onInputChange={type} disableAutoFocusFirst>
        <TextField aria-label={text.filterMore} className={styles.field!}>
          <Input
            ref={input}
            className={styles.input!}
            role="combobox"
            aria-expanded={isOpen}
            aria-haspopup="listbox"
            placeholder={filters.length === 0 ? text.filterPlaceholder : text.filterMore}
            onFocus={() => setOpen(true)}
            onClick={() => setOpen(true)}
            onKeyDown={onKeyDown}
          />
        </TextField>
        {isOpen && (
          <div className={styles.popup}>
            <ListBox
              aria-label={text.suggestions}
              className={styles.list!}
              items={suggestions}
              onAction={id => choose(suggestions.find(suggestion => suggestion.id === id))}
            >
              {suggestion => (
                <ListBoxItem className={styles.item!} textValue={suggestion.text}>
                  <span className={styles.itemText}>{suggestion.text}</span>
                  <span className={styles.hint}>{text.hints[suggestion.hint]}</span>
                </ListBoxItem>
              )}
            </ListBox>
          </div>
        )}
      </Autocomplete>
      <div role="alert" className={styles.problem}>
        {problem}
      </div>
    </div>
  );
}

/** The library keeps the id of an option that has gone from the list. */
function hasActiveOption(input: HTMLInputElement | null): boolean {
  const id = input?.getAttribute('aria-activedescendant') ?? '';
  return id !== '' && document.getElementById(id) !== null;
}

function useSuggestions(typed: string, filters: readonly Filter[], open: boolean): readonly Suggestion[] {
  const service = filterValue(filters, 'serviceName');
  const key = typedTagKey(typed);
  const { data: services = [] } = useQuery(servicesQuery());
  const { data: spanNames = [] } = useQuery({ ...spanNamesQuery(service), enabled: open && service !== '' });
  const { data: remoteServices = [] } = useQuery({ ...remoteServicesQuery(service), enabled: open && service !== '' });
  const { data: tagKeys = [] } = useQuery({ ...autocompleteKeysQuery(), enabled: open });
  const { data: tagValues = [] } = useQuery({
    ...autocompleteValuesQuery(key),
    enabled: open && tagKeys.includes(key),
  });
  return open ? suggest(typed, filters, { services, spanNames, remoteServices, tagKeys, tagValues }) : [];
}
