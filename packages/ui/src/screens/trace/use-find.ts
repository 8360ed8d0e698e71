import { useCallback, useEffect, useRef, useState } from 'react';
import type { PatchSearch } from '../../app/use-search-params.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import type { TraceClient } from '../../worker/trace-client.ts';

export interface Found {
  /** Rows that match, ascending; undefined when nothing is looked for. */
  readonly rows: Int32Array | undefined;
  readonly mask: Uint8Array | undefined;
  /** The message of a regular expression that does not compile. */
  readonly error: string;
}

const NOTHING: Found = { rows: undefined, mask: undefined, error: '' };

/** The search follows each key at once; the address when typing has stopped for this long. */
const ADDRESS_MS = 300;

/** What is looked for: from the address, and ahead of it while someone types. */
export function useFindText(
  fromAddress: string,
  patch: PatchSearch,
): readonly [text: string, type: (text: string) => void] {
  const [text, setText] = useState(fromAddress);
  const written = useRef(fromAddress);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    // Only what somebody else wrote is taken over: our own late echo would undo the next letter.
    if (written.current === fromAddress) return;
    written.current = fromAddress;
    setText(fromAddress);
  }, [fromAddress]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = useCallback(
    (value: string) => {
      setText(value);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        written.current = value;
        patch({ find: value === '' ? undefined : value, ...(value === '' && { only: undefined }) });
      }, ADDRESS_MS);
    },
    [patch],
  );
  return [text, type];
}

/** Asks the worker for each text; an answer to an older text is dropped. */
export function useFind(client: TraceClient, opened: OpenedTrace, text: string): Found {
  const [found, setFound] = useState<Found>(NOTHING);
  useEffect(() => {
    if (text.trim() === '') {
      setFound(NOTHING);
      return;
    }
    let live = true;
    void client.call('find', [text]).then(({ rows, error }) => {
      if (!live) return;
      const mask = new Uint8Array(opened.trace.count);
      for (const row of rows) mask[row] = 1;
      setFound({ rows, mask, error });
    });
    return () => {
      live = false;
    };
  }, [client, opened, text]);
  return found;
}

/** The critical path while it is wanted. */
export function useWorker<T>(ask: (() => Promise<T>) | undefined, keys: readonly unknown[]): T | undefined {
  const [answer, setAnswer] = useState<{ keys: readonly unknown[]; value: T } | undefined>();
  const wanted = ask !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what the answer depends on
  useEffect(() => {
    if (ask === undefined) return;
    let live = true;
    void ask().then(value => live && setAnswer({ keys, value }));
    return () => {
      live = false;
    };
  }, [wanted, ...keys]);
  // An answer to an earlier question is none.
  const fits = wanted && answer?.keys.length === keys.length && answer.keys.every((key, i) => key === keys[i]);
  return fits ? answer?.value : undefined;
}
