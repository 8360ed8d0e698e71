export interface DragHandlers {
  /** Px from the left edge of the element, cut to its width. Return false to leave the press to others. */
  start(x: number, event: PointerEvent): boolean;
  move(x: number, event: PointerEvent): void;
  /** @param moved whether the pointer went further than a click shakes */
  end(x: number, moved: boolean): void;
}

/** Px that a hand moves while it means to click. */
const SHAKE = 3;

/** Pointer drags along an element, with capture, so that leaving it does not end them. */
export function onDrag(element: HTMLElement, handlers: DragHandlers, signal: AbortSignal): void {
  let from = Number.NaN;
  let moved = false;
  const at = (event: PointerEvent): number => {
    const rect = element.getBoundingClientRect();
    return Math.max(0, Math.min(rect.width, event.clientX - rect.left));
  };
  element.addEventListener(
    'pointerdown',
    event => {
      if (event.button !== 0 || !handlers.start(at(event), event)) return;
      from = event.clientX;
      moved = false;
      element.setPointerCapture(event.pointerId);
      event.preventDefault();
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    event => {
      if (Number.isNaN(from)) return;
      if (Math.abs(event.clientX - from) > SHAKE) moved = true;
      handlers.move(at(event), event);
    },
    { signal },
  );
  const finish = (event: PointerEvent): void => {
    if (Number.isNaN(from)) return;
    from = Number.NaN;
    handlers.end(at(event), moved);
  };
  element.addEventListener('pointerup', finish, { signal });
  element.addEventListener('pointercancel', finish, { signal });
}
