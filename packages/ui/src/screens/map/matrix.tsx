import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { UiConfig } from '../../api/config.ts';
import { useNumberFormat } from '../../format/use-number-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import { prepareCanvas } from '../../widgets/prepare-canvas.ts';
import { useElementSize } from '../../widgets/use-element-size.ts';
import { type Edge, edgeHealth, errorRate, type ServiceGraph } from './graph.ts';
import styles from './matrix.module.css';

export interface MatrixProps {
  readonly graph: ServiceGraph;
  readonly rates: UiConfig['dependency'];
  readonly found: string;
  readonly searchBetween: (parent: string, child: string) => Record<string, string>;
}

const CELL = 16;
const SIDE = 150;
const HEAD = 120;

/** Callers down, callees across. Only the visible part is drawn: a thousand services are a million cells. */
export function Matrix({ graph, rates, found, searchBetween }: MatrixProps): React.ReactNode {
  const text = useText('map');
  const number = useNumberFormat();
  const colors = useCanvasColors();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useElementSize(scroller);
  const [hovered, setHovered] = useState<Edge>();
  const { order, cells, most } = useMemo(() => arrange(graph), [graph]);

  const draw = useCallback(() => {
    const context = canvas.current && prepareCanvas(canvas.current, width, height);
    if (!context || scroller.current === null) return;
    const { scrollLeft, scrollTop } = scroller.current;
    const firstRow = Math.floor(scrollTop / CELL);
    const lastRow = Math.min(order.length, Math.ceil((scrollTop + height - HEAD) / CELL));
    const firstColumn = Math.floor(scrollLeft / CELL);
    const lastColumn = Math.min(order.length, Math.ceil((scrollLeft + width - SIDE) / CELL));
    const x = (column: number): number => SIDE + column * CELL - scrollLeft;
    const y = (row: number): number => HEAD + row * CELL - scrollTop;
    context.save();
    context.beginPath();
    context.rect(SIDE, HEAD, width - SIDE, height - HEAD);
    context.clip();
    context.strokeStyle = colors.border;
    context.globalAlpha = 0.5;
    for (let row = firstRow; row <= lastRow; row++)
      context.strokeRect(SIDE - 1, y(row) + 0.5, order.length * CELL - scrollLeft + 1, 0);
    for (let column = firstColumn; column <= lastColumn; column++)
      context.strokeRect(x(column) + 0.5, HEAD - 1, 0, order.length * CELL - scrollTop + 1);
    for (let row = firstRow; row < lastRow; row++) {
      for (let column = firstColumn; column < lastColumn; column++) {
        const edge = cells.get(row * order.length + column);
        if (edge === undefined) continue;
        context.globalAlpha = 0.2 + (0.8 * Math.log10(edge.calls + 1)) / most;
        context.fillStyle = colors.accent;
        context.fillRect(x(column) + 1, y(row) + 1, CELL - 1, CELL - 1);
        context.globalAlpha = 1;
        if (edge.errors > 0) {
          context.fillStyle = edgeHealth(edge, rates) === 'low' ? colors.warning : colors.error;
          const part = Math.max(2, errorRate(edge) * (CELL - 2));
          context.fillRect(x(column) + 1, y(row) + CELL - part, CELL - 1, part);
        }
      }
    }
    context.restore();
    context.globalAlpha = 1;
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const named = (index: number): void => {
      context.fillStyle = found !== '' && order[index]!.includes(found) ? colors.accent : colors.text;
    };
    context.save();
    context.beginPath();
    context.rect(0, HEAD, SIDE, height);
    context.clip();
    for (let row = firstRow; row < lastRow; row++) {
      named(row);
      context.fillText(fit(order[row]!, 22), SIDE - 6, y(row) + CELL / 2);
    }
    context.restore();
    context.beginPath();
    context.rect(SIDE, 0, width, HEAD);
    context.clip();
    context.textAlign = 'left';
    for (let column = firstColumn; column < lastColumn; column++) {
      context.save();
      context.translate(x(column) + CELL / 2, HEAD - 6);
      context.rotate(-Math.PI / 2);
      named(column);
      context.fillText(fit(order[column]!, 17), 0, 0);
      context.restore();
    }
  }, [order, cells, most, width, height, colors, rates, found]);
  useEffect(draw, [draw]);

  const edgeAt = (event: React.MouseEvent): Edge | undefined => {
    const bounds = scroller.current!.getBoundingClientRect();
    const column = Math.floor((event.clientX - bounds.left - SIDE + scroller.current!.scrollLeft) / CELL);
    const row = Math.floor((event.clientY - bounds.top - HEAD + scroller.current!.scrollTop) / CELL);
    const isInside =
      event.clientX - bounds.left > SIDE &&
      event.clientY - bounds.top > HEAD &&
      column < order.length &&
      row < order.length;
    return isInside ? cells.get(row * order.length + column) : undefined;
  };

  return (
    <div className={styles.frame}>
      <p className={styles.hint} role="status">
        {hovered === undefined
          ? text.matrixHint
          : text.edgeLabel(hovered.parent, hovered.child, number(hovered.calls), number(errorRate(hovered), 'percent'))}
      </p>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table has the same links */}
      <div
        ref={scroller}
        className={styles.scroller}
        role="img"
        aria-label={text.matrixLabel}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        data-pointing={hovered !== undefined || undefined}
        onScroll={draw}
        onMouseMove={event => setHovered(edgeAt(event))}
        onMouseLeave={() => setHovered(undefined)}
        onClick={event => {
          const edge = edgeAt(event);
          if (edge !== undefined) void navigate({ to: '/', search: searchBetween(edge.parent, edge.child) });
        }}
      >
        <canvas
          ref={canvas}
          className={styles.canvas}
          style={{ inlineSize: width, blockSize: height, marginBlockEnd: -height }}
        />
        <div style={{ inlineSize: SIDE + order.length * CELL, blockSize: HEAD + order.length * CELL }} />
      </div>
    </div>
  );
}

interface Arrangement {
  /** Callers before callees as far as possible, so that marks gather above the diagonal. */
  readonly order: readonly string[];
  /** By row × number of services + column. */
  readonly cells: ReadonlyMap<number, Edge>;
  /** Decimal logarithm of the largest number of calls, plus one. */
  readonly most: number;
}

function arrange(graph: ServiceGraph): Arrangement {
  const rank = (name: string): number => graph.uses(name).length - graph.usedBy(name).length;
  const order = graph.services.toSorted((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1));
  const index = new Map(order.map((name, at) => [name, at]));
  const cells = new Map(
    graph.edges.map(edge => [index.get(edge.parent)! * order.length + index.get(edge.child)!, edge]),
  );
  return { order, cells, most: Math.log10((graph.edges[0]?.calls ?? 1) + 1) };
}

function fit(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}
