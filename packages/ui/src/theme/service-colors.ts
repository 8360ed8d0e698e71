/** Number of service colours; `--service-0` to `--service-9` in tokens.css. */
export const SERVICE_SLOTS = 10;

/**
 * A colour slot for each service of one picture (a trace, a map), 0 to 9. Services are taken in the order of (hash,
 * name) and get the slot that their hash prefers or the next free one: the same set of names looks the same for
 * everybody, and up to ten services never share a colour (ui.md 5.4). From the eleventh on, slots repeat.
 */
export function assignServiceSlots(names: Iterable<string>): Map<string, number> {
  const ordered = [...new Set(names)]
    .map(name => ({ name, hash: hashName(name) }))
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
  const slots = new Map<string, number>();
  let taken = new Set<number>();
  for (const { name, hash } of ordered) {
    if (taken.size === SERVICE_SLOTS) taken = new Set();
    let slot = hash % SERVICE_SLOTS;
    while (taken.has(slot)) slot = (slot + 1) % SERVICE_SLOTS;
    taken.add(slot);
    slots.set(name, slot);
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
