import { useEffect, useRef } from 'react';
import { getSettings } from '../settings/settings-store.ts';

/** What to do for a key; false says that it was not meant for this handler and the next one may have it. */
// biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing, and nothing means done
export type KeyHandler = (event: KeyboardEvent) => boolean | void;

/**
 * By `KeyboardEvent.key`: `x`, `X` (with Shift), `?`, `ArrowDown`, `Escape`; a sequence with a space: `g t`; `Alt+1`;
 * `Mod+k` for Ctrl or ⌘, which also works in text fields and when single keys are turned off.
 */
export type KeyBindings = Readonly<Record<string, KeyHandler>>;

const SEQUENCE_MS = 1200;
const stack: { current: KeyBindings }[] = [];
let prefix: { readonly key: string; readonly at: number } | undefined;

/** Binds keys while the component is mounted. What was mounted last is asked first. */
export function useShortcuts(bindings: KeyBindings): void {
  const ref = useRef(bindings);
  ref.current = bindings;
  useEffect(() => {
    stack.push(ref);
    if (stack.length === 1) document.addEventListener('keydown', onKeyDown);
    return () => {
      stack.splice(stack.indexOf(ref), 1);
      if (stack.length === 0) document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const mod = event.ctrlKey || event.metaKey;
  if (!mod && (!getSettings().shortcuts || takesText(event.target))) return;
  // A modal dialog has the keyboard to itself.
  if (document.querySelector('dialog[open]:modal') !== null) return;
  const key = mod ? `Mod+${event.key.toLowerCase()}` : event.altKey ? `Alt+${event.key}` : event.key;
  const sequence =
    prefix !== undefined && event.timeStamp - prefix.at < SEQUENCE_MS ? `${prefix.key} ${key}` : undefined;
  prefix = undefined;
  if (sequence !== undefined && run(sequence, event)) return;
  if (run(key, event)) return;
  if (!mod && stack.some(({ current }) => Object.keys(current).some(name => name.startsWith(`${key} `)))) {
    prefix = { key, at: event.timeStamp };
  }
}

function run(name: string, event: KeyboardEvent): boolean {
  for (let i = stack.length - 1; i >= 0; i--) {
    const handler = stack[i]!.current[name];
    if (handler !== undefined && handler(event) !== false) {
      event.preventDefault();
      return true;
    }
  }
  return false;
}

const NOT_TEXT = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit']);

/** Letters typed here are the reader's text, or choose an option. */
function takesText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !NOT_TEXT.has(target.type);
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('textarea, select, [role=listbox], [role=listbox] *'))
  );
}
