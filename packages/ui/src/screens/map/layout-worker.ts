import { dagreLayout } from './dagre-layout.ts';
import type { LayoutRequest } from './layout.ts';

self.onmessage = ({ data }: MessageEvent<LayoutRequest>): void => postMessage(dagreLayout(data));
