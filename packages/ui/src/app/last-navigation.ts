let isBack = false;

/** Told by the router about every change of the address: `PUSH`, `REPLACE`, `BACK`, `FORWARD` or `GO`. */
export function noteNavigation(type: string): void {
  if (type !== 'REPLACE') isBack = type !== 'PUSH';
}

/** Did the reader come here by the browser's back or forward? Then a screen is shown as it was left. */
export function cameBack(): boolean {
  return isBack;
}
