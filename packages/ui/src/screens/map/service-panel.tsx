import { Link } from '@tanstack/react-router';
import type { UiConfig } from '../../api/config.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import { type Edge, edgeHealth, errorRate, type ServiceGraph } from './graph.ts';
import styles from './map-screen.module.css';

export interface ServicePanelProps {
  readonly service: string;
  readonly graph: ServiceGraph;
  readonly rates: UiConfig['dependency'];
  readonly searchOf: (service: string) => Record<string, string>;
  readonly searchBetween: (parent: string, child: string) => Record<string, string>;
  /** Whether services have pages of their own. */
  readonly hasPages: boolean;
  readonly times: Readonly<Record<string, string>>;
  readonly onSelect: (service: string | undefined) => void;
  readonly onFocus: (service: string) => void;
}

/** One service: what it uses, what uses it, and the ways on. */
export function ServicePanel({
  service,
  graph,
  rates,
  searchOf,
  searchBetween,
  hasPages,
  times,
  onSelect,
  onFocus,
}: ServicePanelProps): React.ReactNode {
  const text = useText('map');
  const number = useNumberFormat();
  const list = (title: string, edges: readonly Edge[], other: 'parent' | 'child'): React.ReactNode => (
    <>
      <h3>{title}</h3>
      {edges.length === 0 ? (
        <p className="muted">{text.nothing}</p>
      ) : (
        <table className={styles.panelTable} aria-label={title}>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{other === 'child' ? text.callee : text.caller}</th>
              <th scope="col">{text.calls}</th>
              <th scope="col">{text.errorRate}</th>
              <th scope="col">p95</th>
              <th scope="col">{text.traces}</th>
            </tr>
          </thead>
          <tbody>
            {edges.map(edge => (
              <tr key={edge[other]} data-health={edgeHealth(edge, rates)}>
                <td>
                  <button type="button" className={styles.name} onClick={() => onSelect(edge[other])}>
                    {edge[other]}
                  </button>
                </td>
                <td>{number(edge.calls)}</td>
                <td className={styles.rate}>{edge.errors === 0 ? '–' : number(errorRate(edge), 'percent')}</td>
                <td className="muted">{edge.p95 === undefined ? '' : `p95 ${formatDuration(edge.p95)}`}</td>
                <td>
                  <Link
                    to="/"
                    search={searchBetween(edge.parent, edge.child)}
                    aria-label={text.tracesBetween(edge.parent, edge.child)}
                  >
                    {text.traces}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
  return (
    <aside className={styles.panel} aria-label={service}>
      <div className={styles.panelHead}>
        <h2>{service}</h2>
        <button
          type="button"
          className="button quiet icon"
          aria-label={text.closePanel}
          title={text.closePanel}
          onClick={() => onSelect(undefined)}
        >
          <Icon name="close" />
        </button>
      </div>
      <div className={styles.panelTools}>
        <Link to="/" search={searchOf(service)} className="button primary">
          {text.tracesOf(service)}
        </Link>
        <button type="button" className="button" onClick={() => onFocus(service)}>
          {text.focusOn(service)}
        </button>
        {hasPages && (
          <Link to="/services/$name" params={{ name: service }} search={times as never} className="button">
            {text.servicePage}
          </Link>
        )}
      </div>
      {list(text.uses, graph.uses(service), 'child')}
      {list(text.usedBy, graph.usedBy(service), 'parent')}
    </aside>
  );
}
