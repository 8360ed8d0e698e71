import type { SpanGroup } from '../../api/analysis.ts';

const WIDTH = 120;
const HEIGHT = 22;

/** Spans over time as bars, the failed part at the foot of each. Decoration beside the figures. */
export function Sparkline({
  series,
  buckets,
}: {
  readonly series: SpanGroup['series'];
  readonly buckets: number;
}): React.ReactNode {
  const most = series.reduce((max, [, spans]) => Math.max(max, spans), 1);
  const width = WIDTH / buckets;
  const bar = (bucket: number, count: number): string => {
    const height = Math.max(1, (count / most) * HEIGHT);
    return `M${(bucket * width).toFixed(1)} ${HEIGHT}v${-height.toFixed(1)}h${Math.max(1, width - 0.5).toFixed(1)}V${HEIGHT}z`;
  };
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path fill="var(--accent)" opacity="0.55" d={series.map(([bucket, spans]) => bar(bucket, spans)).join('')} />
      <path
        fill="var(--error)"
        d={series.map(([bucket, , errors]) => (errors === 0 ? '' : bar(bucket, errors))).join('')}
      />
    </svg>
  );
}
