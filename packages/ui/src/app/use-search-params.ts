import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SearchParams } from './search-params.ts';

export type SearchPatch = Readonly<Record<string, string | undefined>>;

/** Changes parameters of the address; undefined removes one. `push` adds a step to the history, which is the exception. */
export type PatchSearch = (patch: SearchPatch, options?: { readonly push?: boolean }) => void;

/** The parameters of the address and how to change them. */
export function useSearchParams(): readonly [SearchParams, PatchSearch] {
  const search = useSearch({ strict: false }) as SearchParams;
  const navigate = useNavigate();
  const patch = useCallback<PatchSearch>(
    (changes, { push = false } = {}) =>
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => ({ ...before, ...changes }),
        replace: !push,
        resetScroll: false,
      } as never),
    [navigate],
  );
  return [search, patch];
}
