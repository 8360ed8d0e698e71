import { useTitle } from '../../app/use-title.ts';
import type { Catalogs } from '../../i18n/catalogs.ts';
import { useText } from '../../i18n/use-text.ts';
import styles from './help.module.css';

type HelpText = Catalogs['app']['helpPage'];
type Row = readonly [keys: readonly string[], action: keyof HelpText];

const ANYWHERE: readonly Row[] = [
  [['?'], 'help'],
  [['Ctrl K', '⌘ K'], 'paletteKey'],
  [['/'], 'focusFilter'],
  [['g t'], 'goTraces'],
  [['g s'], 'goServices'],
  [['g m'], 'goMap'],
  [['Shift T'], 'nextTheme'],
  [['y'], 'copyLinkKey'],
];
const LIST: readonly Row[] = [
  [['j', 'k', '↑ ↓'], 'moveRow'],
  [['Enter'], 'openRow'],
  [['o'], 'expandRow'],
  [['x'], 'mark'],
  [['Shift X'], 'compareMarked'],
  [['Shift L'], 'loadOlder'],
  [['l'], 'live'],
];
const TRACE: readonly Row[] = [
  [['↑ ↓', 'j k', 'Home End', 'PgUp PgDn'], 'traceRows'],
  [['← →'], 'traceFold'],
  [['Enter', 'Esc'], 'traceDetail'],
  [['w s', 'a d', '+ -', '0'], 'traceZoom'],
  [['f', 'Shift F'], 'traceSpan'],
  [['n', 'Shift N', 'e', 'Shift E'], 'traceMatches'],
  [['v t', 'v f', 'v b', 'v s', 'v m', 'v e', 'v j'], 'traceViews'],
  [['c', 'p', 'r'], 'tracePath'],
  [['m', 'Shift M'], 'traceMeasure'],
  [['x'], 'tracePin'],
  [['Alt 1 … 9', 'Alt 0'], 'traceDepth'],
  [['Shift Y'], 'traceCopy'],
  [['[', ']'], 'traceNeighbours'],
];
const FILTERS: readonly (readonly [example: string, meaning: keyof HelpText])[] = [
  ['service:checkout', 'filterService'],
  ['span:"post /orders"', 'filterSpan'],
  ['remote:postgres', 'filterRemote'],
  ['duration>100ms', 'filterMin'],
  ['duration<1.5s', 'filterMax'],
  ['http.method=POST', 'filterTag'],
  ['error', 'filterWord'],
  ['"cache miss"', 'filterQuoted'],
];

/** Keys, the filter language and what addresses can say. */
export function HelpScreen(): React.ReactNode {
  const { helpPage: text } = useText('app');
  useTitle(text.title);
  const keys = (title: string, rows: readonly Row[]): React.ReactNode => (
    <table aria-label={title}>
      <caption>{title}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{text.key}</th>
          <th scope="col">{text.action}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([names, action]) => (
          <tr key={action}>
            <td>
              {names.map(name => (
                <kbd key={name}>{name}</kbd>
              ))}
            </td>
            <td>{text[action]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  return (
    <div className={styles.screen}>
      <h1>{text.title}</h1>
      <section>
        <h2>{text.keys}</h2>
        <p className="muted">{text.keysNote}</p>
        <div className={styles.columns}>
          {keys(text.anywhere, ANYWHERE)}
          {keys(text.list, LIST)}
          {keys(text.trace, TRACE)}
        </div>
      </section>
      <section>
        <h2>{text.filter}</h2>
        <p className="muted">{text.filterNote}</p>
        <table aria-label={text.filter}>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{text.example}</th>
              <th scope="col">{text.meaning}</th>
            </tr>
          </thead>
          <tbody>
            {FILTERS.map(([example, meaning]) => (
              <tr key={example}>
                <td>
                  <code>{example}</code>
                </td>
                <td>{text[meaning]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h2>{text.addresses}</h2>
        <p>{text.addressesNote}</p>
        <p>{text.embedNote}</p>
      </section>
    </div>
  );
}
