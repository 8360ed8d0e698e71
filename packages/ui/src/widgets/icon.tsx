/** 16 × 16 outlines, drawn with the text colour. */
const PATHS = {
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  close: 'm4 4 8 8m0-8-8 8',
  chevronDown: 'm4 6 4 4 4-4',
  chevronRight: 'm6 4 4 4-4 4',
  link: 'M6.5 9.5 9.5 6.5M7 5l2-2a2.8 2.8 0 0 1 4 4l-2 2M9 11l-2 2a2.8 2.8 0 0 1-4-4l2-2',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm3.3 7.8 3.2 3.2',
  settings: 'M2 4.5h7m3 0h2M2 11.5h2m3 0h7M9 2.5v4h3v-4zM4 9.5v4h3v-4z',
  play: 'M4.5 3v10l8-5z',
  pause: 'M5 3.5v9m6-9v9',
  warning: 'M8 2 14.5 13.5h-13zM8 6.5v3.5m0 1.5v.5',
  filter: 'M2.5 3.5h11l-4 5v4l-3 1v-5z',
  download: 'M8 2.5v8m-3-3 3 3 3-3m-8 5.5h10',
  upload: 'M8 10.5v-8m-3 3 3-3 3 3m-8 8h10',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6v-3.5h3.5m4 0h3.5v3.5m0 4v3.5h-3.5m-4 0h-3.5v-3.5',
  swap: 'M3 5.5h9m-3-3 3 3-3 3M13 10.5h-9m3-3-3 3 3 3',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 2.5v4l2.5 1.5',
  external: 'M6.5 3.5h-4v10h10v-4m-3-7h4v4m0-4-6 6',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3',
  menu: 'M2.5 4h11m-11 4h11m-11 4h11',
  pin: 'M5.5 2.5h5l-.5 4.5 2 2.5h-8l2-2.5zM8 9.5v4.5',
  unpin: 'M5.5 2.5h5l-.5 4.5 2 2.5h-8l2-2.5zM8 9.5v4.5M2.5 2.5l11 11',
  dockRight: 'M2.5 3h11v10h-11zM9.5 3v10',
  dockBottom: 'M2.5 3h11v10h-11zM2.5 9h11',
  compare: 'M3 3.5h4v9h-4zM9 5.5h4v7h-4z',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the meaning is in the text or name of what contains it. */
export function Icon({ name }: { readonly name: IconName }): React.ReactNode {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
