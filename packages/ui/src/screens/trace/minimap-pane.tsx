import { useEffect, useRef } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { formatDuration } from '../../kernel/duration-text.ts';
import { MinimapView } from '../../render/minimap-view.ts';
import { useCanvasColors } from '../../theme/use-canvas-colors.ts';
import styles from './trace.module.css';
import type { PageContext } from './trace-page.tsx';

export function MinimapPane({
  context,
  matches,
}: {
  readonly context: PageContext;
  readonly matches: Int32Array | undefined;
}): React.ReactNode {
  const text = useText('trace');
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<MinimapView | undefined>(undefined);
  const palette = useCanvasColors();
  const { opened, colors, rowColors, zoom } = context;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme or trace is drawn by the effect below, not a new view
  useEffect(() => {
    if (host.current === null) return;
    const made = new MinimapView(host.current, opened.trace, colors, palette, zoom, {
      start: text.minimap.start,
      end: text.minimap.end,
      value: formatDuration,
    });
    view.current = made;
    return () => made.destroy();
  }, [zoom, text]);
  useEffect(
    () => view.current?.update(opened.trace, rowColors.key, rowColors.colors, palette),
    [opened, rowColors, palette],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new trace or theme is drawn with its marks
  useEffect(() => view.current?.setMatches(matches), [matches, opened, palette]);
  return <div ref={host} className={`${styles.minimap} no-print`} role="group" aria-label={text.minimap.label} />;
}
