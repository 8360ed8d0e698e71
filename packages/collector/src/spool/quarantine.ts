import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SpoolDamage } from './spool.ts';

/**
 * Copies damaged bytes of a segment to `corrupt/<segment>-<offset>.corrupt`, for people and for recovery by hand. Zeros are
 * not worth a copy. Resolves to the file's path, or to `known` if it is there already.
 */
export async function setDamageAside(
  directory: string,
  segmentPath: string,
  { from, to, what }: SpoolDamage,
): Promise<string | 'known' | undefined> {
  if (what === 'zeros') return undefined;
  const folder = join(directory, 'corrupt');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${basename(segmentPath, '.spool')}-${from.offset}.corrupt`);
  try {
    await pipeline(
      createReadStream(segmentPath, { start: from.offset, end: to.offset - 1 }),
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'known';
    // A copy that a full disk cut short is worth nothing and would count as known.
    await unlink(path).catch(() => {});
    throw error;
  }
  return path;
}
