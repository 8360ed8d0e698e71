/** Number of service colours; `--service-0` to `--service-9` in tokens.css. */
export const SERVICE_SLOTS = 10;

/**
 * A colour slot for each service of one picture (a trace, a map), 0 to 9. Each service prefers the slot of its hash; of
 * several that prefer one, the lowest (hash, name) gets it and the others the next free. The same set of names looks the
 * same for everybody, most names look the same in every set, and up to ten never share a colour (ui.md 5.4). From the
 * eleventh on, slots repeat.
 */
export function assignServiceSlots(names: Iterable<string>): Map<string, number> {
  let waiting = [...new Set(names)]
    .map(name => ({ name, hash: hashName(name) }))
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
  const slots = new Map<string, number>();
  while (waiting.length > 0) {
    const taken = new Set<number>();
    const take = (name: string, slot: number): void => {
      taken.add(slot);
      slots.set(name, slot);
    };
    const displaced = waiting.filter(({ name, hash }) => {
      const preferred = hash % SERVICE_SLOTS;
      if (taken.has(preferred)) return true;
      take(name, preferred);
      return false;
    });
    waiting = displaced.filter(({ name, hash }) => {
      if (taken.size === SERVICE_SLOTS) return true;
      let slot = hash % SERVICE_SLOTS;
      while (taken.has(slot)) slot = (slot + 1) % SERVICE_SLOTS;
      take(name, slot);
      return false;
    });
  }
  return slots;
}

/** The slot that a service prefers, whatever is beside it. For lists, where each row has other services. */
export function preferredServiceSlot(name: string): number {
  return hashName(name) % SERVICE_SLOTS;
}

/** CSS value of a slot; undefined is the colour of "no service". */
export function serviceColor(slot: number | undefined): string {
  return slot === undefined ? 'var(--service-none)' : `var(--service-${slot})`;
}

/** FNV-1a over UTF-16 units, mixed once more so that names which differ in the last letter spread. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
