import { type RefObject, useLayoutEffect, useState } from 'react';

/** The content size of an element in CSS pixels, kept up to date; 0 × 0 before it is laid out. */
export function useElementSize(ref: RefObject<Element | null>): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const read = (width: number, height: number): void =>
      setSize(old => (old.width === width && old.height === height ? old : { width, height }));
    read(element.clientWidth, element.clientHeight);
    const observer = new ResizeObserver(([entry]) => entry && read(entry.contentRect.width, entry.contentRect.height));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
