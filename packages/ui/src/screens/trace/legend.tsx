import { useMemo } from 'react';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { ERROR, type Trace } from '../../kernel/trace.ts';
import { cssColor } from '../../render/service-fill.ts';
import styles from './trace.module.css';
import type { PageContext } from './trace-page.tsx';
import { servicesPatch, type TraceState } from './trace-state.ts';

/** Chips shown; a trace of hundreds of services gets the busiest. */
const MOST_CHIPS = 60;

/** 1 where a service is hidden, by number + 1; undefined when all are shown. */
export function hiddenServices(services: readonly string[], wanted: TraceState['services']): Uint8Array | undefined {
  if (wanted === undefined) return undefined;
  const names = new Set(wanted.names);
  const hidden = new Uint8Array(services.length + 1);
  for (const [i, name] of ['', ...services].entries())
    hidden[i] = names.has(name) === (wanted.mode === 'without') ? 1 : 0;
  return hidden;
}

/** The services of the trace with their colours. A press hides or shows one, a double press shows it alone. */
export function Legend({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const { opened, state, patch, colors, rowColors } = context;
  const services = useMemo(() => countServices(opened.trace, context.text.services), [opened, context.text]);
  const hidden = hiddenServices(context.text.services, state.services);
  const isHidden = (service: number): boolean => hidden?.[service + 1] === 1;

  const toggle = (name: string): void => {
    const names = services
      .filter(({ service, name: other }) => (other === name ? !isHidden(service) : isHidden(service)))
      .map(one => one.name);
    patch(servicesPatch({ mode: 'without', names }));
  };
  const solo = (name: string): void => {
    const alone =
      state.services?.mode === 'only' && state.services.names.length === 1 && state.services.names[0] === name;
    patch(alone ? { svc: undefined } : servicesPatch({ mode: 'only', names: [name] }));
  };
  if (opened.trace.count === 0) return null;
  return (
    <fieldset className={styles.legend}>
      <legend className="visually-hidden">{text.legend.label}</legend>
      {services.slice(0, MOST_CHIPS).map(({ service, name, spans, errors }) => (
        <button
          key={name}
          type="button"
          className={styles.chip}
          aria-pressed={!isHidden(service)}
          title={`${isHidden(service) ? text.legend.show(name) : text.legend.hide(name)}\n${text.legend.solo}`}
          onClick={event => (event.detail > 1 ? solo(name) : toggle(name))}
        >
          {rowColors.values === undefined && (
            <span
              className={styles.swatch}
              data-pattern={colors[service]?.pattern ?? 0}
              ref={element => element?.style.setProperty('--color', cssColor(colors[service]))}
            />
          )}
          {name}
          <span className="muted">{number(spans)}</span>
          {errors > 0 && <span className={styles.errorCount}>{number(errors)}</span>}
        </button>
      ))}
      {services.length > MOST_CHIPS && <span className="muted">+{services.length - MOST_CHIPS}</span>}
      {state.services !== undefined && (
        <button type="button" className="button quiet" onClick={() => patch({ svc: undefined })}>
          {text.legend.all}
        </button>
      )}
    </fieldset>
  );
}

interface ServiceCount {
  readonly service: number;
  readonly name: string;
  readonly spans: number;
  readonly errors: number;
}

/** Services that have rows, the busiest first. */
export function countServices(trace: Trace, services: readonly string[]): ServiceCount[] {
  const spans = new Int32Array(services.length);
  const errors = new Int32Array(services.length);
  for (let i = 0; i < trace.count; i++) {
    const service = trace.service[i] as number;
    if (service < 0) continue;
    spans[service] = (spans[service] as number) + 1;
    if (((trace.flags[i] as number) & ERROR) !== 0) errors[service] = (errors[service] as number) + 1;
  }
  return services
    .map((name, service) => ({ service, name, spans: spans[service] as number, errors: errors[service] as number }))
    .filter(one => one.spans > 0)
    .sort((a, b) => b.spans - a.spans || (a.name < b.name ? -1 : 1));
}
