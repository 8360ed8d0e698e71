import { useEffect } from 'react';

/** Names the tab: `checkout: post /orders – Tracekin`. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Tracekin' : `${title} – Tracekin`;
  }, [title]);
}
