import { useText } from '../../i18n/use-text.ts';
import styles from './search-screen.module.css';

const LIMITS = [10, 25, 50, 100, 250, 500, 1000];

/** How many traces to ask for at once. */
export function LimitPicker({
  limit,
  onChange,
}: {
  readonly limit: number;
  readonly onChange: (limit: number) => void;
}): React.ReactNode {
  const text = useText('search');
  const options = LIMITS.includes(limit) ? LIMITS : [...LIMITS, limit].sort((a, b) => a - b);
  return (
    <label className={styles.limit}>
      <span className="field-label">{text.limit}</span>
      <select value={limit} onChange={event => onChange(Number(event.target.value))}>
        {options.map(option => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}
