import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A part is named PARTITION_MIN_MAX_LEVEL, a mutated one has one number more. */
const PART = /^(.+)_(\d+)_(\d+)_(\d+)(?:_\d+)?$/;

interface Part {
  readonly folder: string;
  readonly partition: string;
  readonly min: number;
  readonly max: number;
  readonly level: number;
}

/**
 * Bytes below a directory, without the parts of tables that larger ones have replaced: the engine keeps those for eight
 * minutes more.
 */
export function diskBytes(folder: string): number {
  let bytes = 0;
  const parts: Part[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (!entry.isDirectory()) continue;
    const [, partition, min, max, level] = PART.exec(entry.name) ?? [];
    if (partition === undefined) bytes += diskBytes(path);
    else parts.push({ folder: path, partition, min: Number(min), max: Number(max), level: Number(level) });
  }
  const replaced = (part: Part): boolean =>
    parts.some(
      other =>
        other !== part &&
        other.partition === part.partition &&
        other.min <= part.min &&
        other.max >= part.max &&
        other.level > part.level,
    );
  for (const part of parts) if (!replaced(part)) bytes += diskBytes(part.folder);
  return bytes;
}
