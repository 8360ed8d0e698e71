import { useEffect, useId, useState } from 'react';
import { fromLocalInput, toLocalInput } from '../../format/time.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import styles from './map-screen.module.css';

export interface TimeWindowFieldsProps {
  readonly startTime: number;
  readonly endTime: number;
  readonly onChange: (window: { readonly startTime: number; readonly endTime: number } | undefined) => void;
  /** Does the address fix the window? */
  readonly fixed: boolean;
}

const HOUR = 3_600_000;
const LENGTHS = [1, 6, 24, 48, 168];

/** The window of the map: a length until now, or two moments. Milliseconds since the epoch. */
export function TimeWindowFields({ startTime, endTime, fixed, onChange }: TimeWindowFieldsProps): React.ReactNode {
  const text = useText('map');
  const { zone } = useTimeFormat();
  const id = useId();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [wrong, setWrong] = useState(false);
  const [custom, setCustom] = useState(false);
  useEffect(() => {
    setFrom(toLocalInput(startTime, zone));
    setTo(toLocalInput(endTime, zone));
    setWrong(false);
  }, [startTime, endTime, zone]);
  const hours = LENGTHS.find(
    length => Math.abs(endTime - startTime - length * HOUR) < 1000 && Math.abs(Date.now() - endTime) < 120_000,
  );
  const isCustom = custom || (fixed && hours === undefined);
  const apply = (): void => {
    const [start, end] = [fromLocalInput(from, zone), fromLocalInput(to, zone)];
    if (start === undefined || end === undefined || start >= end) setWrong(true);
    else onChange({ startTime: start, endTime: end });
  };
  const choose = (value: string): void => {
    setCustom(value === 'custom');
    if (value === '24') onChange(undefined);
    else if (value !== 'custom') onChange({ startTime: Date.now() - Number(value) * HOUR, endTime: Date.now() });
  };
  return (
    <>
      <select
        aria-label={text.presets}
        value={isCustom ? 'custom' : fixed ? String(hours) : '24'}
        onChange={event => choose(event.target.value)}
      >
        {LENGTHS.map(length => (
          <option key={length} value={length}>
            {text.last(length > 24 ? `${length / 24} ${text.units.day}` : `${length} ${text.units.hour}`)}
          </option>
        ))}
        <option value="custom">{text.custom}</option>
      </select>
      {isCustom && (
        <form
          className={styles.custom}
          onSubmit={event => {
            event.preventDefault();
            apply();
          }}
        >
          <label htmlFor={`${id}-from`} className="field-label">
            {text.from}
          </label>
          <input
            id={`${id}-from`}
            type="datetime-local"
            step="1"
            value={from}
            onChange={event => setFrom(event.target.value)}
          />
          <label htmlFor={`${id}-to`} className="field-label">
            {text.to}
          </label>
          <input
            id={`${id}-to`}
            type="datetime-local"
            step="1"
            value={to}
            onChange={event => setTo(event.target.value)}
          />
          <button type="submit" className="button">
            {text.run}
          </button>
          <span role="alert" className="error-text">
            {wrong ? text.wrongRange : ''}
          </span>
        </form>
      )}
    </>
  );
}
