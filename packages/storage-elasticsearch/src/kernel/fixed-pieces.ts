import type { Kind } from '@tracekin/model';
import type { Constants, Piece } from './constants.ts';

const texts = {
  open: '{',
  millis: '{"timestamp_millis":',
  endTerms: '"]',
  endJoined: '",',
  comma: ',',
  timestamp: ',"timestamp":',
  duration: ',"duration":',
  endTags: '"}',
  debug: ',"debug":true',
  shared: ',"shared":true',
  close: '}',
  dash: '-',
  afterId: '"}}\n',
  newline: '\n',
};
const kinds: readonly Kind[] = ['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

/** What stands in the lines of every span. */
export interface FixedPieces extends Readonly<Record<keyof typeof texts, Piece>> {
  readonly kinds: Readonly<Record<Kind, Piece>>;
}

export function fixedPieces(constants: Constants): FixedPieces {
  const put = (text: string): Piece => constants.put(Buffer.from(text));
  const pieces = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, put(text)]));
  const ofKinds = Object.fromEntries(kinds.map(kind => [kind, put(`,"kind":"${kind}"`)]));
  return { ...pieces, kinds: ofKinds } as unknown as FixedPieces;
}
