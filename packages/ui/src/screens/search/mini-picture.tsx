import type { TraceSummary } from '@tracekin/model';
import { useEffect, useRef } from 'react';
import type { CanvasColors } from '../../theme/canvas-colors.ts';
import { prepareCanvas } from '../../widgets/prepare-canvas.ts';

export interface MiniPictureProps {
  readonly trace: TraceSummary;
  readonly slots: ReadonlyMap<string, number>;
  readonly colors: CanvasColors;
}

const WIDTH = 96;
const HEIGHT = 16;

/** The outline of a trace: its widest spans by depth, in the colours of their services. Decoration beside the figures. */
export function MiniPicture({ trace, slots, colors }: MiniPictureProps): React.ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const context = prepareCanvas(canvas.current, WIDTH, HEIGHT);
    if (context === undefined) return;
    const deepest = trace.thumbnail.reduce((most, [, , , depth]) => Math.max(most, depth), 0);
    const step = Math.min(4, HEIGHT / (deepest + 1));
    const thickness = Math.max(1, Math.min(3, step - 0.5));
    for (const [service, start, end, depth] of trace.thumbnail) {
      const name = trace.services[service]?.serviceName;
      const slot = name === undefined ? undefined : slots.get(name);
      context.fillStyle = slot === undefined ? colors.noService : (colors.services[slot] ?? colors.noService);
      context.fillRect(
        (start / 255) * (WIDTH - 1),
        depth * step,
        Math.max(1, ((end - start) / 255) * WIDTH),
        thickness,
      );
    }
  }, [trace, slots, colors]);
  return <canvas ref={canvas} aria-hidden="true" style={{ inlineSize: WIDTH, blockSize: HEIGHT }} />;
}
