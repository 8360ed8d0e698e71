import { useQuery } from '@tanstack/react-query';
import { type Attribute, compareAttributes, type TraceSummary } from '@tracekin/model';
import { useMemo } from 'react';
import { differencesQuery, type Scope } from '../../../api/analysis.ts';
import { useNumberFormat } from '../../../format/use-number-format.ts';
import { useText } from '../../../i18n/use-text.ts';
import { RequestFailure } from '../../../widgets/request-failure.tsx';
import { apiParameters } from '../api-parameters.ts';
import { type Box, isInBox } from '../box.ts';
import type { Filter } from '../filter.ts';
import type { TimeWindow } from '../time-range.ts';
import { partParameters } from './boxed-search.ts';
import { DifferenceList } from './difference-list.tsx';

export interface DifferencesProps {
  readonly filters: readonly Filter[];
  readonly window: TimeWindow;
  readonly scope: Scope;
  /** Undefined: errors against the rest. */
  readonly box: Box | undefined;
  readonly onFilter: (filter: Filter) => void;
  readonly onClose: () => void;
}

/** Asks the server what the spans of a box, or those with errors, have that the rest of the search has not. */
export function Differences({ filters, window, scope, box, onFilter, onClose }: DifferencesProps): React.ReactNode {
  const text = useText('analysis');
  const number = useNumberFormat();
  const { data, error, refetch } = useQuery(
    differencesQuery({ ...apiParameters(filters, window, 1), limit: undefined, scope, ...partParameters(box) }),
  );
  const isWhole =
    data !== undefined && data.selected.sampled === data.selected.spans && data.rest.sampled === data.rest.spans;
  const spans = number(data?.selected.spans ?? 0);
  return (
    <DifferenceList
      about={box === undefined ? text.ofErrors(spans) : text.ofBox(spans)}
      how={
        data === undefined
          ? ''
          : isWhole
            ? text.allLooked
            : text.sampledFrom(number(data.selected.sampled), number(data.rest.sampled))
      }
      differences={error === null ? data?.differences : []}
      onFilter={onFilter}
      onClose={onClose}
    >
      {error !== null && <RequestFailure error={error} onRetry={() => void refetch()} />}
    </DifferenceList>
  );
}

export interface LoadedDifferencesProps {
  readonly traces: readonly TraceSummary[];
  readonly box: Box;
  readonly onFilter: (filter: Filter) => void;
  readonly onClose: () => void;
}

/** The same among the loaded traces, by what their rows say; works in front of any server. */
export function LoadedDifferences({ traces, box, onFilter, onClose }: LoadedDifferencesProps): React.ReactNode {
  const text = useText('analysis');
  const { selected, rest, differences } = useMemo(() => {
    const selected = traces.filter(trace => isInBox(trace, box));
    const rest = traces.filter(trace => !isInBox(trace, box));
    return {
      selected,
      rest,
      differences: compareAttributes(selected.map(traceAttributes), rest.map(traceAttributes)),
    };
  }, [traces, box]);
  return (
    <DifferenceList
      about={text.ofLoaded(selected.length, rest.length)}
      how=""
      differences={differences}
      onFilter={onFilter}
      onClose={onClose}
    />
  );
}

function traceAttributes({ services, rootSpanName, errorCount }: TraceSummary): Attribute[] {
  return [
    ...services.map(({ serviceName }): Attribute => ({ field: 'serviceName', value: serviceName })),
    ...(rootSpanName === undefined ? [] : [{ field: 'spanName', value: rootSpanName } as const]),
    ...(errorCount === 0 ? [] : [{ field: 'error', value: 'error' } as const]),
  ];
}
