import { formatDuration } from '../kernel/duration-text.ts';
import { groupStart } from '../kernel/repeats.ts';
import { groupOfEntry, isGroup } from '../kernel/rows.ts';
import { ERROR, ERROR_ANNOTATION, LOOP, MISSING_PARENT, NO_DURATION, NO_TIME, PAIR, SKEWED } from '../kernel/trace.ts';
import { indentOf } from './lead-painter.ts';
import styles from './timeline.module.css';
import type { TimelineModel, TimelineText } from './timeline-model.ts';

/**
 * One recycled row: what it is called. All but its texts is drawn by `TimelineBars`, which asks the row for label and state; its
 * time cell says the label to those who cannot see it.
 */
export class TimelineRow {
  readonly element: HTMLElement;
  entry = 0;
  readonly #tree: HTMLElement;
  readonly #service: HTMLElement;
  readonly #name: HTMLElement;
  readonly #badges: HTMLElement;
  readonly #time: HTMLElement;
  /** Px before the name; -1 before the row shows anything. */
  indent = -1;
  toggle: 'closed' | 'open' | 'none' = 'none';
  /** Beside the bar. */
  label = '';
  /** Whether it was found. */
  match = false;
  /** Whether there is a critical path that does not touch it. */
  dim = false;

  constructor() {
    this.element = div(styles.row);
    this.element.setAttribute('role', 'row');
    this.#tree = div(styles.tree);
    this.#tree.setAttribute('role', 'gridcell');
    const toggle = div(styles.toggle);
    toggle.dataset['part'] = 'toggle';
    toggle.setAttribute('aria-hidden', 'true');
    this.#service = div(styles.service);
    this.#name = document.createElement('span');
    this.#name.className = styles.name as string;
    this.#badges = div(styles.badges);
    this.#tree.append(toggle, this.#service, this.#name);
    this.#time = div(styles.time);
    this.#time.setAttribute('role', 'gridcell');
    this.element.append(this.#tree, this.#time);
  }

  fill(model: TimelineModel, text: TimelineText, entry: number): void {
    this.entry = entry;
    if (isGroup(entry)) this.#fillGroup(model, text, groupOfEntry(entry));
    else this.#fillSpan(model, text, entry);
  }

  #fillSpan(model: TimelineModel, text: TimelineText, row: number): void {
    const { trace, text: names } = model;
    const flags = trace.flags[row] as number;
    const size = trace.size[row] as number;
    const service = names.service(row) || names.client(row);
    const name = names.name(row);
    const depth = (trace.depth[row] as number) - model.baseDepth;
    this.#common(depth, size > 1, model.collapsed[row] === 1, row);
    setText(this.#service, service || text.unknownService);
    setText(this.#name, name || (names.remote(row) === '' ? text.unnamed : ''));
    const remote = names.remote(row);
    const failed = (flags & (ERROR | ERROR_ANNOTATION)) !== 0;
    this.#state(model.matches?.[row] === 1, model.path !== undefined && model.path.perRow[row] === 0);

    this.#noBadges();
    if (remote !== '' && remote !== service && size === 1 && (flags & PAIR) === 0) this.#badge(`→ ${remote}`, 'remote');
    if (failed) this.#badge('', (flags & ERROR) !== 0 ? 'error' : 'warning', text.error);
    if ((flags & MISSING_PARENT) !== 0) this.#badge('?', 'note', text.missingParent);
    if ((flags & LOOP) !== 0) this.#badge('↻', 'note', text.loop);
    if ((flags & SKEWED) !== 0) this.#badge('◷', 'note', text.skewed);
    if (model.collapsed[row] === 1 && size > 1) {
      let hits = 0;
      if (model.matches !== undefined) for (let i = row + 1; i < row + size; i++) hits += model.matches[i] as number;
      this.#badge(`+${text.number(size - 1)}`, hits > 0 ? 'hits' : 'count', text.hiddenChildren(size - 1));
    }

    const duration = (flags & NO_DURATION) !== 0 ? text.noDuration : formatDuration(trace.duration[row] as number);
    this.#setLabel((flags & NO_TIME) !== 0 ? text.noTime : duration);
    let label = text.rowLabel(
      service || text.unknownService,
      name || text.unnamed,
      duration,
      formatDuration(trace.start[row] as number),
    );
    if (failed) label += `, ${text.error}`;
    this.#setTitle(label);
  }

  #fillGroup(model: TimelineModel, text: TimelineText, group: number): void {
    const { repeats, trace, text: names } = model;
    const first = repeats.members[groupStart(repeats, group)] as number;
    const count = (repeats.memberEnd[group] as number) - groupStart(repeats, group);
    const service = names.service(first) || text.unknownService;
    const name = names.name(first) || text.unnamed;
    this.#common((trace.depth[first] as number) - model.baseDepth, true, model.openGroups[group] !== 1, -1 - group);
    setText(this.#service, service);
    setText(this.#name, name);
    const { members } = repeats;
    let hits = 0;
    let critical = 0;
    for (let m = groupStart(repeats, group); m < (repeats.memberEnd[group] as number); m++) {
      hits += model.matches?.[members[m] as number] ?? 0;
      critical += model.path?.perRow[members[m] as number] ?? 0;
    }
    this.#state(hits > 0, model.path !== undefined && critical === 0);
    this.#noBadges();
    this.#badge(`×${text.number(count)}`, hits > 0 ? 'hits' : 'count');
    const values = [repeats.min, repeats.median, repeats.max, repeats.total].map(column =>
      formatDuration(column[group] as number),
    );
    this.#setLabel(`${values[0]} – ${values[1]} – ${values[2]}`);
    const title = text.groupTitle(count, ...(values as [string, string, string, string]));
    this.#setTitle(`${text.groupLabel(count, service, name)}, ${title}`);
  }

  #common(depth: number, hasChildren: boolean, closed: boolean, entry: number): void {
    const indent = indentOf(depth);
    if (indent !== this.indent) {
      this.indent = indent;
      this.#tree.style.setProperty('--indent', `${indent}px`);
    }
    this.toggle = hasChildren ? (closed ? 'closed' : 'open') : 'none';
    setAttribute(this.element, 'aria-level', String(depth + 1));
    if (hasChildren) setAttribute(this.element, 'aria-expanded', String(!closed));
    else this.element.removeAttribute('aria-expanded');
    this.element.dataset['entry'] = String(entry);
  }

  #state(match: boolean, dim: boolean): void {
    this.match = match;
    this.dim = dim;
    setFlag(this.element, 'match', match);
  }

  #setTitle(title: string): void {
    this.element.setAttribute('aria-label', title);
    // What the pointer is over gets it: see `Timeline`.
    if (this.element.title !== '') this.element.title = '';
  }

  #setLabel(label: string): void {
    this.label = label;
    setAttribute(this.#time, 'aria-label', label);
  }

  /** Few rows have badges, and only those are laid out with room for them. */
  #noBadges(): void {
    if (this.#badges.parentNode === null) return;
    this.#badges.replaceChildren();
    this.#badges.remove();
    delete this.#tree.dataset['badges'];
  }

  #badge(content: string, kind: string, title = ''): void {
    const badge = document.createElement('span');
    badge.className = styles.badge as string;
    badge.dataset['kind'] = kind;
    badge.textContent = content;
    if (title !== '') badge.title = title;
    this.#badges.append(badge);
    if (this.#badges.parentNode !== null) return;
    this.#tree.append(this.#badges);
    this.#tree.dataset['badges'] = '';
  }
}

/** Keeps the text node: a new one would be styled and laid out as one. */
function setText(element: HTMLElement, text: string): void {
  const node = element.firstChild as Text | null;
  if (node === null) element.textContent = text;
  else if (node.data !== text) node.data = text;
}

function setAttribute(element: HTMLElement, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function setFlag(element: HTMLElement, name: string, on: boolean): void {
  if (on === name in element.dataset) return;
  if (on) element.dataset[name] = '';
  else delete element.dataset[name];
}

function div(className: string | undefined): HTMLElement {
  const element = document.createElement('div');
  element.className = className ?? '';
  return element;
}
