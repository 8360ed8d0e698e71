import { useId, useState } from 'react';
import { fromLocalInput, toLocalInput } from '../../format/time.ts';
import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import type { Box } from './box.ts';
import { parseDurationText } from './duration-value.ts';
import styles from './plot.module.css';
import type { TimeWindow } from './time-range.ts';

export interface PlotNumbersProps {
  readonly box: Box | undefined;
  readonly onBox: (box: Box | undefined) => void;
  readonly window: TimeWindow;
}

/** What dragging in the plot does, by four fields: for keyboards, screen readers and exact numbers (WCAG 2.5.7). */
export function PlotNumbers(props: PlotNumbersProps): React.ReactNode {
  const text = useText('search');
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.below}>
      <button type="button" className="text-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {text.plotBox}
      </button>
      {props.box !== undefined && (
        <button type="button" className="text-button" onClick={() => props.onBox(undefined)}>
          {text.clearBox}
        </button>
      )}
      {open && <Fields key={JSON.stringify(props.box)} {...props} />}
    </div>
  );
}

function Fields({ box, onBox, window }: PlotNumbersProps): React.ReactNode {
  const text = useText('search');
  const { zone } = useTimeFormat();
  const id = useId();
  const [from, setFrom] = useState(() => toLocalInput(box === undefined ? window.startTs : box.fromTime / 1000, zone));
  const [to, setTo] = useState(() =>
    toLocalInput(box === undefined ? window.endTs : Math.ceil(box.toTime / 1000), zone),
  );
  const [shortest, setShortest] = useState(() =>
    box === undefined || box.fromDuration === 0 ? '' : formatDuration(box.fromDuration),
  );
  const [longest, setLongest] = useState(() =>
    box === undefined || !Number.isFinite(box.toDuration) ? '' : formatDuration(box.toDuration),
  );
  const [invalid, setInvalid] = useState(false);

  const select = (event: React.FormEvent): void => {
    event.preventDefault();
    const fromTime = fromLocalInput(from, zone);
    const toTime = fromLocalInput(to, zone);
    const fromDuration = shortest === '' ? 0 : parseDurationText(shortest);
    const toDuration = longest === '' ? Number.POSITIVE_INFINITY : parseDurationText(longest);
    if (fromTime === undefined || toTime === undefined || fromDuration === undefined || toDuration === undefined) {
      setInvalid(true);
    } else {
      onBox({ fromTime: fromTime * 1000, toTime: (toTime + 999) * 1000, fromDuration, toDuration });
    }
  };
  const field = (
    name: string,
    label: string,
    value: string,
    set: (value: string) => void,
    type: string,
  ): React.ReactNode => (
    <>
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        type={type}
        step={type === 'text' ? undefined : 1}
        placeholder={type === 'text' ? '10ms' : undefined}
        size={8}
        value={value}
        onChange={event => set(event.target.value)}
      />
    </>
  );
  return (
    <form className={styles.fields} onSubmit={select}>
      {field('from', text.from, from, setFrom, 'datetime-local')}
      {field('to', text.to, to, setTo, 'datetime-local')}
      {field('shortest', text.shortest, shortest, setShortest, 'text')}
      {field('longest', text.longest, longest, setLongest, 'text')}
      <button type="submit" className="button">
        {text.selectBox}
      </button>
      <span role="alert" className="error-text">
        {invalid ? text.boxInvalid : ''}
      </span>
    </form>
  );
}
