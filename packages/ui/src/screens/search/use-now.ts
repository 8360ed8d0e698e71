import { useEffect, useState } from 'react';

/** The clock for "12 s ago", at most ten seconds old. */
export function useNow(atLeast: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(now, Math.min(atLeast, Date.now()));
}
