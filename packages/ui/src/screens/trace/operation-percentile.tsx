import { useQuery } from '@tanstack/react-query';
import { operationQuery } from '../../api/analysis.ts';
import { useConfig } from '../../api/use-config.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';

/** How long before and after the span others are counted, milliseconds. */
const AROUND_MS = 3_600_000;
/** Fewer spans than this have no distribution to speak of. */
const LEAST = 5;

/** Where a span's duration stands among all spans of its service and name around its time; nothing where the server does not count. */
export function OperationPercentile({
  service,
  name,
  startMs,
  duration,
}: {
  readonly service: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** Microseconds. */
  readonly duration: number;
}): React.ReactNode {
  const text = useText('trace');
  const number = useNumberFormat();
  const config = useConfig();
  const counts = config.capabilities.has('red') && config.searchEnabled;
  const { data } = useQuery({
    ...operationQuery({
      serviceName: service,
      spanName: name,
      duration,
      endTs: Math.ceil(startMs) + AROUND_MS,
      lookback: AROUND_MS * 2,
    }),
    enabled: counts,
  });
  if (data?.percentile === undefined || data.spans < LEAST) return null;
  const { p50 = 0, p95 = 0, p99 = 0 } = data;
  const figures = `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, p99 ${formatDuration(p99)}`;
  return (
    <div>
      <dt>{text.detail.percentile}</dt>
      <dd title={`${text.detail.percentileHint}: ${figures}`}>
        {text.detail.slowerThan(number(Math.round(data.percentile) / 100, 'percent'), number(data.spans - 1))}
      </dd>
    </div>
  );
}
