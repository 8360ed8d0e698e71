// Where what stands in the kernel's memory, in bytes. Parts with words are aligned.
import { mostTags } from './constants.ts';
import { overrun } from './document-kernel.ts';
import { lanes, paddingBytes } from './md5-lanes.ts';

/** Length of each lane's text, a word each. */
export const lengthsAt: number = 0;
export const hexAt: number = 64;
/** Pieces of a text, and of each lane's lines. */
export const piecesBytes: number = (4 * mostTags + 32) * 8;
export const textPiecesAt: number = 1024;
export const linePiecesAt: number = textPiecesAt + piecesBytes;
/** Of each lane: ids in four forms, then numbers. */
export const scratchAt: number = linePiecesAt + lanes * piecesBytes;
export const scratchBytes: number = 1024;
export const formBytes: number = 128;
export const numbersAt: number = 4 * formBytes;
export const numberBytes: number = 24;
/** A longer document is written in another way. */
export const longestText: number = 32 << 10;
export const textsAt: number = scratchAt + lanes * scratchBytes;
export const textBytes: number = longestText + paddingBytes;
export const linesAt: number = textsAt + lanes * textBytes;
export const messageAt: number = linesAt + lanes * (textBytes + 1024);
/** Spans of a longer message are written in another way. */
export const longestMessage: number = 1 << 20;
export const constantsAt: number = messageAt + longestMessage + overrun;
export const constantsBytes: number = 4 << 20;
export const pages: number = Math.ceil((constantsAt + constantsBytes + overrun) / 65_536);
