import { useId, useState } from 'react';
import { fromLocalInput, toLocalInput } from '../../format/time.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { useRangeName } from './range-name.ts';
import styles from './search-screen.module.css';
import { LOOKBACKS, type LookbackName, resolveRange, type TimeRange, type TimeWindow } from './time-range.ts';

export interface RangePickerProps {
  readonly range: TimeRange;
  /** What the last search covered; where a custom range starts from. */
  readonly window: TimeWindow;
  readonly onChange: (range: TimeRange) => void;
}

/** Lens' presets, any range by its two ends, or whatever the address says. */
export function RangePicker({ range, window, onChange }: RangePickerProps): React.ReactNode {
  const text = useText('search');
  const { preset, name, lookbackText } = useRangeName(range);
  const [custom, setCustom] = useState<TimeWindow>();

  const choose = (value: string): void => {
    if (value === 'custom') setCustom(range.kind === 'range' ? resolveRange(range, 0) : window);
    else if (value !== 'current') {
      setCustom(undefined);
      onChange({ kind: 'last', lookback: LOOKBACKS[value as LookbackName] });
    }
  };

  return (
    <>
      <select
        aria-label={text.range}
        className={styles.range}
        value={custom === undefined ? (preset ?? 'current') : 'custom'}
        onChange={event => choose(event.target.value)}
      >
        {preset === undefined && <option value="current">{name}</option>}
        {(Object.keys(LOOKBACKS) as LookbackName[]).map(lookback => (
          <option key={lookback} value={lookback}>
            {text.last(lookbackText(LOOKBACKS[lookback]))}
          </option>
        ))}
        <option value="custom">{text.customRange}</option>
      </select>
      {custom !== undefined && (
        <CustomRange
          initial={custom}
          onCancel={() => setCustom(undefined)}
          onApply={({ startTs, endTs }) => {
            setCustom(undefined);
            onChange({ kind: 'range', startTs, endTs });
          }}
        />
      )}
    </>
  );
}

interface CustomRangeProps {
  readonly initial: TimeWindow;
  readonly onApply: (window: TimeWindow) => void;
  readonly onCancel: () => void;
}

function CustomRange({ initial, onApply, onCancel }: CustomRangeProps): React.ReactNode {
  const text = useText('search');
  const app = useText('app');
  const { zone } = useTimeFormat();
  const [from, setFrom] = useState(toLocalInput(initial.startTs, zone));
  const [to, setTo] = useState(toLocalInput(initial.endTs, zone));
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const apply = (): void => {
    const startTs = fromLocalInput(from, zone);
    const endTs = fromLocalInput(to, zone);
    if (startTs === undefined || endTs === undefined || startTs >= endTs) setWrong(true);
    else onApply({ startTs, endTs });
  };
  return (
    <fieldset
      className={styles.custom}
      onKeyDown={event => {
        if (event.key === 'Enter') apply();
        else if (event.key === 'Escape') onCancel();
        else return;
        event.preventDefault();
      }}
    >
      <legend className="visually-hidden">{text.customRange}</legend>
      <label htmlFor={`${id}-from`}>{text.from}</label>
      <input
        id={`${id}-from`}
        type="datetime-local"
        step="1"
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked for these fields
        autoFocus
        value={from}
        onChange={event => setFrom(event.target.value)}
      />
      <label htmlFor={`${id}-to`}>{text.to}</label>
      <input id={`${id}-to`} type="datetime-local" step="1" value={to} onChange={event => setTo(event.target.value)} />
      <span className="muted">{zone}</span>
      <button type="button" className="button primary" onClick={apply}>
        {text.apply}
      </button>
      <button type="button" className="button" onClick={onCancel}>
        {app.close}
      </button>
      <span role="alert" className="error-text">
        {wrong ? text.wrongRange : ''}
      </span>
    </fieldset>
  );
}
