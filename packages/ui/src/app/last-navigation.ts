let isBack = false;
let isLink = false;

/** Told by the router about every change of the address: `PUSH`, `REPLACE`, `BACK`, `FORWARD` or `GO`. */
export function noteNavigation(type: string): void {
  if (type === 'REPLACE') return;
  isBack = type !== 'PUSH';
  isLink = type === 'PUSH';
}

/** Did the reader come here by the browser's back or forward? Then a screen is shown as it was left. */
export function cameBack(): boolean {
  return isBack;
}

/** Did the reader come here by a link of this application, as opposed to an address from outside, a reload or the history? */
export function cameByLink(): boolean {
  return isLink;
}
