import type { Settings } from './settings/settings.ts';

/** Spans compress well: a body at the limit of a client may be several times larger after gunzip. */
const MAX_UNZIPPED_BYTES = 64 * 1024 ** 2;

/** What the transports take, in bytes. */
export function messageLimits({ maxMessageBytes }: Settings): {
  readonly maxBodyBytes: number;
  readonly maxUnzippedBytes: number;
} {
  return { maxBodyBytes: maxMessageBytes, maxUnzippedBytes: Math.max(MAX_UNZIPPED_BYTES, maxMessageBytes) };
}
