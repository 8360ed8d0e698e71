import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { serviceColor } from '../../theme/service-colors.ts';
import { Icon } from '../../widgets/icon.tsx';
import type { ResultStats } from './result-stats.ts';
import styles from './service-facet.module.css';

export interface ServiceFacetProps {
  readonly services: ResultStats['services'];
  readonly chosen: readonly string[];
  readonly slots: ReadonlyMap<string, number>;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Services of the loaded traces with how many of them each is in. Choosing several keeps traces that have all of them. */
export function ServiceFacet({ services, chosen, slots, onChange }: ServiceFacetProps): React.ReactNode {
  const text = useText('search');
  const number = useNumberFormat();
  const toggle = (name: string): void =>
    onChange(chosen.includes(name) ? chosen.filter(other => other !== name) : [...chosen, name]);
  return (
    <details className={styles.facet} open={matchMedia('(width >= 1200px)').matches || chosen.length > 0}>
      <summary>{text.servicesFound}</summary>
      <ul>
        {services.map(({ name, traces, failed }) => (
          <li key={name}>
            <label title={text.onlyTracesWith(name)}>
              <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
              <i style={{ background: serviceColor(slots.get(name)) }} />
              <span className="ellipsis">{name}</span>
              {failed > 0 && (
                <span className={styles.failed}>
                  <Icon name="warning" />
                  {number(failed)}
                </span>
              )}
              <span className={styles.count}>{number(traces)}</span>
            </label>
          </li>
        ))}
      </ul>
      {chosen.length > 0 && (
        <button type="button" className="button" onClick={() => onChange([])}>
          {text.clearServices}
        </button>
      )}
    </details>
  );
}
