import { formatDuration } from '../kernel/duration-text.ts';
import { groupStart } from '../kernel/repeats.ts';
import { groupOfEntry, isGroup } from '../kernel/rows.ts';
import { ERROR, ERROR_ANNOTATION, LOOP, MISSING_PARENT, NO_DURATION, NO_TIME, PAIR, SKEWED } from '../kernel/trace.ts';
import { cssColor } from './service-fill.ts';
import styles from './timeline.module.css';
import type { TimelineModel, TimelineText } from './timeline-model.ts';
import type { TimeWindow } from './zoom.ts';

/** More marks than this on one bar cannot be told apart. */
const MOST_MARKS = 40;

/** Px that the label of a bar needs: digits are tabular, so the estimate holds. */
function labelWidth(label: string): number {
  return label.length * 6.6 + 8;
}

/**
 * One recycled row: `fill` when it shows another span, `place` when the time axis moved. `place` writes only transforms
 * and sizes, which is what a zoom at 60 frames a second can afford.
 */
export class TimelineRow {
  readonly element: HTMLElement;
  entry = 0;
  readonly #tree: HTMLElement;
  readonly #toggle: HTMLElement;
  readonly #swatch: HTMLElement;
  readonly #service: HTMLElement;
  readonly #name: HTMLElement;
  readonly #badges: HTMLElement;
  readonly #time: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #inner: HTMLElement;
  readonly #label: HTMLElement;
  readonly #marks: HTMLElement[] = [];
  readonly #paths: HTMLElement[] = [];
  #labelText = '';

  constructor() {
    this.element = div(styles.row);
    this.element.setAttribute('role', 'row');
    this.#tree = div(styles.tree);
    this.#tree.setAttribute('role', 'gridcell');
    this.#toggle = div(styles.toggle);
    this.#toggle.dataset['part'] = 'toggle';
    this.#toggle.setAttribute('aria-hidden', 'true');
    this.#swatch = div(styles.swatch);
    this.#service = div(styles.service);
    this.#name = div(styles.name);
    this.#badges = div(styles.badges);
    this.#tree.append(this.#toggle, this.#swatch, this.#service, this.#name, this.#badges);
    this.#time = div(styles.time);
    this.#time.setAttribute('role', 'gridcell');
    this.#bar = div(styles.bar);
    this.#inner = div(styles.inner);
    this.#label = div(styles.label);
    this.#time.append(this.#bar, this.#inner, this.#label);
    this.element.append(this.#tree, this.#time);
  }

  fill(model: TimelineModel, text: TimelineText, entry: number): void {
    this.entry = entry;
    if (isGroup(entry)) this.#fillGroup(model, text, groupOfEntry(entry));
    else this.#fillSpan(model, text, entry);
  }

  /** @param width px of the time column */
  place(model: TimelineModel, window: TimeWindow, width: number): void {
    const scale = width / (window.to - window.from);
    const px = (micros: number): number => (micros - window.from) * scale;
    if (isGroup(this.entry)) {
      const group = groupOfEntry(this.entry);
      const left = px(model.repeats.windowStart[group] as number);
      const right = px(model.repeats.windowEnd[group] as number);
      setBar(this.#bar, left, right, width);
      this.#inner.hidden = true;
      this.#placeLabel(left, right, width);
      this.#placeMembers(model, group, px, width);
      hideFrom(this.#paths, 0);
      return;
    }
    const { trace } = model;
    const row = this.entry;
    const start = trace.start[row] as number;
    const left = px(start);
    const right = px(start + (trace.duration[row] as number));
    setBar(this.#bar, left, right, width);
    const serverStart = trace.serverStart[row] as number;
    this.#inner.hidden = serverStart < 0;
    let end = right;
    if (serverStart >= 0) {
      const to = px(serverStart + Math.max(0, trace.serverDuration[row] as number));
      setBar(this.#inner, px(serverStart), to, width);
      end = Math.max(end, to);
    }
    this.#placeLabel(left, end, width);
    this.#placeAnnotations(model, row, px, width);
    this.#placePath(model, row, px, width);
  }

  #fillSpan(model: TimelineModel, text: TimelineText, row: number): void {
    const { trace, text: names } = model;
    const flags = trace.flags[row] as number;
    const size = trace.size[row] as number;
    const service = names.service(row) || names.client(row);
    const name = names.name(row);
    const depth = (trace.depth[row] as number) - model.baseDepth;
    this.#common(depth, size > 1, model.collapsed[row] === 1, row);
    this.#service.textContent = service || text.unknownService;
    this.#name.textContent = name || (names.remote(row) === '' ? text.unnamed : '');
    const remote = names.remote(row);
    const color = model.colors[model.colorKey[row] as number];
    const clientColor = model.colors[model.clientColorKey[row] as number] ?? color;
    paint(this.#swatch, color);
    paint(this.#bar, (flags & PAIR) !== 0 ? clientColor : color);
    paint(this.#inner, color);
    const pairTimed = (trace.serverStart[row] as number) >= 0;
    setAttribute(this.#bar, 'data-shape', pairTimed ? 'outer' : (flags & NO_DURATION) !== 0 ? 'open' : 'solid');
    const failed = (flags & (ERROR | ERROR_ANNOTATION)) !== 0;
    setFlag(this.element, 'error', (flags & ERROR) !== 0);
    setFlag(this.element, 'dim', model.path !== undefined && model.path.perRow[row] === 0);
    setFlag(this.element, 'match', model.matches?.[row] === 1);

    if (this.#badges.firstChild !== null) this.#badges.replaceChildren();
    if (remote !== '' && remote !== service && size === 1 && (flags & PAIR) === 0) this.#badge(`→ ${remote}`, 'remote');
    if (failed) this.#badge('', (flags & ERROR) !== 0 ? 'error' : 'warning', text.error);
    if ((flags & MISSING_PARENT) !== 0) this.#badge('?', 'note', text.missingParent);
    if ((flags & LOOP) !== 0) this.#badge('↻', 'note', text.loop);
    if ((flags & SKEWED) !== 0) this.#badge('◷', 'note', text.skewed);
    if (model.collapsed[row] === 1 && size > 1) {
      let hits = 0;
      if (model.matches !== undefined) for (let i = row + 1; i < row + size; i++) hits += model.matches[i] as number;
      this.#badge(`+${(size - 1).toLocaleString()}`, hits > 0 ? 'hits' : 'count', text.hiddenChildren(size - 1));
    }

    const duration = (flags & NO_DURATION) !== 0 ? text.noDuration : formatDuration(trace.duration[row] as number);
    this.#labelText = (flags & NO_TIME) !== 0 ? text.noTime : duration;
    this.#label.textContent = this.#labelText;
    let label = text.rowLabel(
      service || text.unknownService,
      name || text.unnamed,
      duration,
      formatDuration(trace.start[row] as number),
    );
    if (failed) label += `, ${text.error}`;
    this.element.setAttribute('aria-label', label);
    this.element.title = label;
  }

  #fillGroup(model: TimelineModel, text: TimelineText, group: number): void {
    const { repeats, trace, text: names } = model;
    const first = repeats.members[groupStart(repeats, group)] as number;
    const count = (repeats.memberEnd[group] as number) - groupStart(repeats, group);
    const service = names.service(first) || text.unknownService;
    const name = names.name(first) || text.unnamed;
    this.#common((trace.depth[first] as number) - model.baseDepth, true, model.openGroups[group] !== 1, -1 - group);
    this.#service.textContent = service;
    this.#name.textContent = name;
    const color = model.colors[model.colorKey[first] as number];
    paint(this.#swatch, color);
    paint(this.#bar, color);
    setAttribute(this.#bar, 'data-shape', 'window');
    setFlag(this.element, 'error', false);
    const { members } = repeats;
    let hits = 0;
    let critical = 0;
    for (let m = groupStart(repeats, group); m < (repeats.memberEnd[group] as number); m++) {
      hits += model.matches?.[members[m] as number] ?? 0;
      critical += model.path?.perRow[members[m] as number] ?? 0;
    }
    setFlag(this.element, 'match', hits > 0);
    setFlag(this.element, 'dim', model.path !== undefined && critical === 0);
    this.#badges.replaceChildren();
    this.#badge(`×${count.toLocaleString()}`, hits > 0 ? 'hits' : 'count');
    const values = [repeats.min, repeats.median, repeats.max, repeats.total].map(column =>
      formatDuration(column[group] as number),
    );
    this.#labelText = `${values[0]} – ${values[1]} – ${values[2]}`;
    this.#label.textContent = this.#labelText;
    const title = text.groupTitle(count, ...(values as [string, string, string, string]));
    this.element.title = title;
    this.element.setAttribute('aria-label', `${text.groupLabel(count, service, name)}, ${title}`);
  }

  #common(depth: number, hasChildren: boolean, closed: boolean, entry: number): void {
    this.#tree.style.setProperty('--indent', `${indentOf(depth)}px`);
    this.#tree.style.setProperty('--guides', `${Math.min(depth, FULL_STEPS) * STEP}px`);
    setAttribute(this.#toggle, 'data-state', hasChildren ? (closed ? 'closed' : 'open') : 'none');
    this.element.setAttribute('aria-level', String(depth + 1));
    if (hasChildren) this.element.setAttribute('aria-expanded', String(!closed));
    else this.element.removeAttribute('aria-expanded');
    this.element.dataset['entry'] = String(entry);
  }

  #badge(content: string, kind: string, title = ''): void {
    const badge = document.createElement('span');
    badge.className = styles.badge as string;
    badge.dataset['kind'] = kind;
    badge.textContent = content;
    if (title !== '') badge.title = title;
    this.#badges.append(badge);
  }

  /** Beside the bar where there is room: right, else left, else inside at the right edge. */
  #placeLabel(left: number, right: number, width: number): void {
    const need = labelWidth(this.#labelText);
    const end = Math.max(right, left + 1);
    let x = end + 4;
    let inside = false;
    if (end < 0 || left > width) x = left > width ? width - need : 4;
    else if (end + need > width) {
      if (left - need > 0) x = left - need + 2;
      else {
        // Its style moves it left by its own width and a little more: the end of the bar must be seen.
        inside = true;
        x = Math.min(end, width);
      }
    }
    this.#label.hidden = end < 0 || left > width;
    this.#label.style.left = `${Math.round(x)}px`;
    setFlag(this.#label, 'inside', inside);
  }

  #placeAnnotations(model: TimelineModel, row: number, px: (micros: number) => number, width: number): void {
    const { annotationEnd, annotationTime } = model.trace;
    let used = 0;
    let lastX = -10;
    for (
      let a = row === 0 ? 0 : (annotationEnd[row - 1] as number);
      a < (annotationEnd[row] as number) && used < MOST_MARKS;
      a++
    ) {
      const x = Math.round(px(annotationTime[a] as number));
      if (x < 0 || x > width || Math.abs(x - lastX) < 2) continue;
      lastX = x;
      const mark = this.#marks[used] ?? append(this.#marks, this.#time, styles.mark);
      mark.hidden = false;
      mark.dataset['kind'] = 'annotation';
      mark.style.left = `${x}px`;
      used++;
    }
    hideFrom(this.#marks, used);
  }

  /** Inside the window of a group: where its members are. */
  #placeMembers(model: TimelineModel, group: number, px: (micros: number) => number, width: number): void {
    const { repeats, trace } = model;
    let used = 0;
    let lastX = -10;
    for (let m = groupStart(repeats, group); m < (repeats.memberEnd[group] as number) && used < MOST_MARKS; m++) {
      const x = Math.round(px(trace.start[repeats.members[m] as number] as number));
      if (x < 0 || x > width || x - lastX < 3) continue;
      lastX = x;
      const mark = this.#marks[used] ?? append(this.#marks, this.#time, styles.mark);
      mark.hidden = false;
      mark.dataset['kind'] = 'member';
      mark.style.left = `${x}px`;
      used++;
    }
    hideFrom(this.#marks, used);
  }

  #placePath(model: TimelineModel, row: number, px: (micros: number) => number, width: number): void {
    const { path, pathIndex } = model;
    let used = 0;
    if (path !== undefined && pathIndex !== undefined) {
      let openLeft = Number.NaN;
      let openRight = 0;
      const flush = (): void => {
        if (Number.isNaN(openLeft) || used >= MOST_MARKS) return;
        const line = this.#paths[used] ?? append(this.#paths, this.#time, styles.path);
        line.hidden = false;
        line.style.left = `${openLeft.toFixed(1)}px`;
        line.style.width = `${Math.max(1, openRight - openLeft).toFixed(1)}px`;
        used++;
      };
      for (let s = pathIndex.start[row] as number; s < (pathIndex.start[row + 1] as number); s++) {
        const segment = pathIndex.order[s] as number;
        const left = Math.max(0, px(path.from[segment] as number));
        const right = Math.min(width, px(path.to[segment] as number));
        if (right < 0 || left > width) continue;
        if (left - openRight < 1.5 && !Number.isNaN(openLeft)) openRight = right;
        else {
          flush();
          openLeft = left;
          openRight = right;
        }
      }
      flush();
    }
    hideFrom(this.#paths, used);
  }
}

const STEP = 12;
const FULL_STEPS = 12;

/** Full steps to depth 12, then ever smaller ones: a chain of 100,000 must not push its names off the screen. */
export function indentOf(depth: number): number {
  if (depth <= FULL_STEPS) return depth * STEP;
  return FULL_STEPS * STEP + Math.round(Math.log2(1 + depth - FULL_STEPS) * 5);
}

function setBar(bar: HTMLElement, left: number, right: number, width: number): void {
  // Cut at the edges: elements of a billion px lose precision, and a zoomed root is that wide.
  const from = Math.max(-8, Math.min(left, width + 8));
  const to = Math.max(-8, Math.min(right, width + 8));
  bar.style.left = `${from.toFixed(2)}px`;
  bar.style.width = `${Math.max(1, to - from).toFixed(2)}px`;
}

/** The colour each element has: writing the same one again would have its style computed again. */
const painted = new WeakMap<HTMLElement, Parameters<typeof cssColor>[0]>();

function paint(element: HTMLElement, color: Parameters<typeof cssColor>[0]): void {
  if (painted.has(element) && painted.get(element) === color) return;
  painted.set(element, color);
  element.style.setProperty('--color', cssColor(color));
  setAttribute(element, 'data-pattern', String(color?.pattern ?? 0));
}

function setAttribute(element: HTMLElement, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function setFlag(element: HTMLElement, name: string, on: boolean): void {
  if (on === name in element.dataset) return;
  if (on) element.dataset[name] = '';
  else delete element.dataset[name];
}

function hideFrom(pool: readonly HTMLElement[], used: number): void {
  for (let i = used; i < pool.length; i++) (pool[i] as HTMLElement).hidden = true;
}

function append(pool: HTMLElement[], parent: HTMLElement, className: string | undefined): HTMLElement {
  const element = div(className);
  parent.append(element);
  pool.push(element);
  return element;
}

function div(className: string | undefined): HTMLElement {
  const element = document.createElement('div');
  element.className = className ?? '';
  return element;
}
