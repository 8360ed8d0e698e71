import { useState } from 'react';
import type { PatchSearch } from '../../app/use-search-params.ts';
import { DOCKS, type Dock } from './trace-state.ts';

const KEY = 'tracekin.dock';

/** Where the details stand: what the address says, else what was chosen last in this browser, else at the right. */
export function useDock(fromAddress: Dock | undefined, patch: PatchSearch): readonly [Dock, (dock: Dock) => void] {
  const [saved, setSaved] = useState(read);
  const choose = (dock: Dock): void => {
    setSaved(dock);
    try {
      localStorage.setItem(KEY, dock);
    } catch {
      // Storage is blocked: the choice holds for this page.
    }
    patch({ dock: dock === 'right' ? undefined : dock });
  };
  return [fromAddress ?? saved, choose];
}

function read(): Dock {
  try {
    return DOCKS.find(dock => dock === localStorage.getItem(KEY)) ?? 'right';
  } catch {
    return 'right';
  }
}
