import { type RefObject, useEffect, useState } from 'react';

/** Is the reader at the list: pointer over it, focus in it, or scrolled into it? Rows must not move then. */
export function useHeldList(list: RefObject<HTMLElement | null>, active: boolean): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!active) return;
    let pointer = false;
    const read = (): void =>
      setHeld(pointer || list.current?.contains(document.activeElement) === true || scrollY > 80);
    const onPointer = (event: PointerEvent): void => {
      const inside = event.target instanceof Node && list.current?.contains(event.target) === true;
      if (inside !== pointer) {
        pointer = inside;
        read();
      }
    };
    const onLeave = (): void => {
      pointer = false;
      read();
    };
    // Focus has moved when the event's task is over.
    const onFocus = (): void => void setTimeout(read);
    document.addEventListener('pointerover', onPointer);
    document.documentElement.addEventListener('pointerleave', onLeave);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', onFocus);
    document.addEventListener('scroll', read, { passive: true });
    read();
    return () => {
      document.removeEventListener('pointerover', onPointer);
      document.documentElement.removeEventListener('pointerleave', onLeave);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', onFocus);
      document.removeEventListener('scroll', read);
    };
  }, [list, active]);
  return active && held;
}
