import type { ClickHouseSettings } from '@clickhouse/client';
import type {
  CallOptions,
  SpanAnalysis,
  SpanCell,
  SpanCountQuery,
  SpanGroup,
  SpanGroupQuery,
  SpanSample,
  SpanSampleQuery,
} from '@tracekin/storage';
import type { CallLimits, Connection, Sql } from '../connection.ts';
import type { Block } from '../native/decode-blocks.ts';
import { arrayColumn, numberAt, numberColumn, spansFromBlocks, stringColumn, uint64Column } from '../read/span-rows.ts';
import type { Layout } from '../schema/tables.ts';
import { windowOf } from '../search/criteria.ts';
import { countGroups, countPart, countSpans, samplePlan, sampleSpans } from './analysis-sql.ts';

/**
 * A picture is not worth a search that waits: groups that do not fit go to disk, and what the browser no longer waits for
 * stops.
 */
const SETTINGS: ClickHouseSettings = {
  max_bytes_before_external_group_by: '134217728',
  cancel_http_readonly_queries_on_client_close: 1,
};

export interface AnalysisParts {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly searchEnabled: boolean;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
}

/** Counts by scans of narrow columns; tags are read only of a sample. */
export class ClickHouseAnalysis implements SpanAnalysis {
  readonly #parts: AnalysisParts;

  constructor(parts: AnalysisParts) {
    this.#parts = parts;
  }

  async countSpans(query: SpanCountQuery, options: CallOptions = {}): Promise<SpanCell[]> {
    if (!(await this.#canMatch(query))) return [];
    const cells: SpanCell[] = [];
    for (const block of await this.#query(countSpans(this.#parts.layout, query), options)) {
      const bucket = numberColumn(block, 'time_bucket');
      const step = numberColumn(block, 'duration_step');
      const spans = uint64Column(block, 'spans');
      const errors = uint64Column(block, 'errors');
      for (let row = 0; row < block.rows; row++) {
        cells.push({
          bucket: bucket[row]!,
          step: step[row]!,
          spans: numberAt(spans, row),
          errors: numberAt(errors, row),
        });
      }
    }
    return cells;
  }

  async countGroups(
    query: SpanGroupQuery,
    options: CallOptions = {},
  ): Promise<{ readonly groups: readonly SpanGroup[]; readonly more: boolean }> {
    if (!(await this.#canMatch(query))) return { groups: [], more: false };
    const { layout } = this.#parts;
    const [bySteps, byTime] = await Promise.all(
      (['steps', 'series'] as const).map(async per =>
        readGroups(await this.#query(countGroups(layout, query, per), options)),
      ),
    );
    const series = new Map(byTime!.map(({ key, places }) => [key, places]));
    const groups = bySteps!.slice(0, query.atMost).map(({ key, places, ...group }) => ({
      ...group,
      steps: places.map(([step, spans]) => [step, spans] as const),
      series: series.get(key) ?? [],
    }));
    return { groups, more: bySteps!.length > query.atMost };
  }

  async sampleSpans(query: SpanSampleQuery, options: CallOptions = {}): Promise<SpanSample> {
    if (!(await this.#canMatch(query))) return { spans: 0, sample: [] };
    const { layout } = this.#parts;
    const { part, side, atMost } = query;
    const [block] = await this.#query(countPart(layout, query, part, side), options);
    const spans = block === undefined ? 0 : numberAt(uint64Column(block, 'spans'), 0);
    if (spans === 0) return { spans, sample: [] };
    const plan = samplePlan(query, spans, atMost);
    const blocks = await this.#query(sampleSpans(layout, query, part, side, plan, atMost), options);
    return { spans, sample: spansFromBlocks(blocks) };
  }

  /** False: nothing is ever found. */
  async #canMatch(query: SpanCountQuery | SpanSampleQuery): Promise<boolean> {
    if (!this.#parts.searchEnabled) return false;
    await this.#parts.ready();
    const { fromMicros, toMicros } = windowOf(query);
    return fromMicros <= toMicros;
  }

  #query(sql: Sql, limits: CallLimits): Promise<Block[]> {
    return this.#parts.connection.query(sql, { ...limits, settings: SETTINGS });
  }
}

interface GroupRow extends Omit<SpanGroup, 'steps' | 'series'> {
  readonly key: string;
  readonly places: readonly (readonly [place: number, spans: number, errors: number])[];
}

function readGroups(blocks: readonly Block[]): GroupRow[] {
  const groups: GroupRow[] = [];
  for (const block of blocks) {
    const service = stringColumn(block, 'group_service');
    const name = stringColumn(block, 'group_name');
    const remote = stringColumn(block, 'group_remote');
    const spans = uint64Column(block, 'all_spans');
    const errors = uint64Column(block, 'all_errors');
    const places = arrayColumn(block, 'places');
    const placeSpans = arrayColumn(block, 'place_spans');
    const placeErrors = arrayColumn(block, 'place_errors');
    if (places.items.kind !== 'number' || placeSpans.items.kind !== 'uint64' || placeErrors.items.kind !== 'uint64') {
      throw new TypeError('groups are not what was asked for');
    }
    for (let row = 0; row < block.rows; row++) {
      const counts: [number, number, number][] = [];
      for (let i = row === 0 ? 0 : places.ends[row - 1]!; i < places.ends[row]!; i++) {
        counts.push([
          places.items.values[i]!,
          numberAt(placeSpans.items.words, i),
          numberAt(placeErrors.items.words, i),
        ]);
      }
      groups.push({
        key: [service[row], name[row], remote[row]].join('\0'),
        serviceName: service[row]!,
        spanName: name[row]!,
        remoteServiceName: remote[row]!,
        spans: numberAt(spans, row),
        errors: numberAt(errors, row),
        places: counts.sort((a, b) => a[0] - b[0]),
      });
    }
  }
  return groups;
}
