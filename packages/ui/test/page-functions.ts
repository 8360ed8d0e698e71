// What runs in a page that is measured, by `performance.it.test.ts` and by `bench/ui`. Each function is sent to the browser as
// text, so it may use nothing from outside of itself.

/** The little of a page's world that is touched; the bench is typed for Node. */
interface PageElement {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  readonly offsetHeight: number;
  readonly textContent: string | null;
  getBoundingClientRect(): { readonly left: number; readonly top: number; readonly width: number };
  dispatchEvent(event: object): void;
  focus(): void;
}
declare const document: {
  readonly scrollingElement: PageElement;
  querySelector(css: string): PageElement | null;
  querySelectorAll(css: string): Iterable<PageElement>;
};
declare function requestAnimationFrame(callback: (time: number) => void): number;
declare const WheelEvent: new (type: string, init: object) => object;

export interface Watched {
  /** ms from navigation, 0 until there is one. */
  firstRowAt: number;
  /** Start and length of each task of 50 ms or more. */
  longTasks: [at: number, ms: number][];
}

/** Before anything else: notes the first row at the frame that shows it, and long tasks. */
export function watch(row: string): void {
  const state = globalThis as unknown as Watched;
  state.firstRowAt = 0;
  state.longTasks = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) state.longTasks.push([entry.startTime, entry.duration]);
  }).observe({ type: 'longtask' as 'mark', buffered: true });
  const look = (): void => {
    const found = document.querySelector(row);
    if (found !== null && found.offsetHeight > 0 && (found.textContent ?? '') !== '')
      state.firstRowAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The element that a UI scrolls, see `ServedUi` of the bench; its place on the screen and how far it can go. */
export function scrollerPlace(css: string): { x: number; y: number; room: number } | undefined {
  const scroller =
    css === 'document'
      ? document.scrollingElement
      : css !== ''
        ? (document.querySelector(css) ?? undefined)
        : [...document.querySelectorAll('div')]
            .filter(e => e.scrollHeight > e.clientHeight + 100 && e.clientHeight > 100)
            .sort((a, b) => b.scrollHeight - a.scrollHeight)[0];
  if (scroller === undefined || scroller.scrollHeight <= scroller.clientHeight) return undefined;
  (globalThis as unknown as Recording).scroller = scroller;
  const { left, top, width } = scroller.getBoundingClientRect();
  return {
    x: left + width * 0.7,
    y: Math.max(top, 0) + 300,
    room: scroller.scrollHeight - scroller.clientHeight,
  };
}

interface Recording {
  /** What `scrollerPlace` found. */
  scroller: PageElement;
  /** When each frame was due, and where the scroller was in it. */
  frames: [time: number, at: number][];
  recording: boolean;
}

/** Begins to note frames while somebody else scrolls; `scrollerPlace` comes before. */
export function recordFrames(): void {
  const state = globalThis as unknown as Recording;
  state.frames = [];
  state.recording = true;
  const note = (time: number): void => {
    state.frames.push([time, state.scroller.scrollTop]);
    if (state.recording) requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}

/** ms between each frame since `recordFrames` in which the scroller had moved and the one before it. */
export function recordedFrames(): number[] {
  const state = globalThis as unknown as Recording;
  state.recording = false;
  const { frames } = state;
  return frames
    .map(([time, at], i) => {
      const before = frames[i - 1];
      return before === undefined || before[1] === at ? 0 : time - before[0];
    })
    .filter(ms => ms > 0);
}

/**
 * ms between frames while the page itself moves something at every one, sorted; `scrollerPlace` comes before. `bar`: the scroll bar is
 * dragged to its end in a second and back in another, so that in a long list each frame shows other rows than the one before.
 */
export async function frameTimes([kind, count]: readonly [kind: 'bar' | 'zoom' | 'pan', frames: number]): Promise<
  number[]
> {
  const { scroller } = globalThis as unknown as Recording;
  const rect = scroller.getBoundingClientRect();
  const room = scroller.scrollHeight - scroller.clientHeight;
  const wheel = (init: object): void =>
    scroller.dispatchEvent(
      new WheelEvent('wheel', {
        clientX: rect.left + rect.width * 0.7,
        clientY: rect.top + 100,
        bubbles: true,
        cancelable: true,
        ...init,
      }),
    );
  // A whole trace cannot be panned.
  if (kind === 'pan') for (let i = 0; i < 10; i++) wheel({ deltaY: -60, ctrlKey: true });
  const deltas: number[] = [];
  let last = 0;
  const until = performance.now() + 10_000;
  // A page that takes seconds for a frame is not asked for all of them.
  for (let i = 0; i < count && (i < 12 || performance.now() < until); i++) {
    const time = await new Promise(requestAnimationFrame);
    if (i > 5) deltas.push(time - last);
    last = time;
    const way = i < count / 2 ? -1 : 1;
    if (kind === 'bar') scroller.scrollTop = room * (1 - Math.abs(1 - ((i / 60) % 2)));
    else if (kind === 'zoom') wheel({ deltaY: 40 * way, ctrlKey: true });
    else wheel({ deltaY: 20 * way, shiftKey: true });
  }
  return deltas.sort((a, b) => a - b);
}

/** ms from a text in the find box to another count on the screen, sorted; empty when the box does not answer. */
export async function findTimes([inputCss, resultCss]: readonly [input: string, result: string]): Promise<number[]> {
  const input = document.querySelector(inputCss);
  if (input === null) return [];
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value')?.set;
  const result = (): string => document.querySelector(resultCss)?.textContent ?? '';
  const measured: number[] = [];
  input.focus();
  for (const text of ['r-9', 'authorize', 'orders', 'redis', 'cache', 'r-99']) {
    const before = result();
    const started = performance.now();
    set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    while (result() === before && performance.now() - started < 10_000) await new Promise(requestAnimationFrame);
    measured.push(performance.now() - started);
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  return measured.slice(1).sort((a, b) => a - b);
}

/** Page and workers with all buffers, bytes; 0 when the page is not isolated. */
export async function pageMemory(): Promise<number> {
  const measure = (performance as unknown as { measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }> })
    .measureUserAgentSpecificMemory;
  return measure === undefined ? 0 : (await measure.call(performance)).bytes;
}

/** ms for a fixed amount of arithmetic and memory, the fastest of three: how fast the machine is at this moment. */
export function cpuLoop(): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    const values = new Float64Array(400_000);
    let seed = 1;
    for (let k = 0; k < values.length; k++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      values[k] = seed;
    }
    values.sort();
    fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest;
}
