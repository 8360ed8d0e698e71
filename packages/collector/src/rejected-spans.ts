import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps what storage or the decoder refuses for ever in `rejected/<name>` of the spool directory, for people and for
 * sending it again by hand. The name follows from the batch, so that doing it again after a crash changes nothing.
 */
export async function setRejectedAside(spoolDirectory: string, name: string, content: Uint8Array): Promise<string> {
  const folder = join(spoolDirectory, 'rejected');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  await writeFile(`${path}.part`, content, { mode: 0o600 });
  await rename(`${path}.part`, path);
  return path;
}
