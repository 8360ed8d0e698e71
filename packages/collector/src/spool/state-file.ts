import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { SpoolPosition, SpoolRange } from './position.ts';

/** A batch whose boundaries are decided: its id never comes with other records than these. */
export interface BatchPlan extends SpoolRange {
  readonly id: string;
  /** Storage refused it whole, so parts of it may be stored under ids of their own: it is never written whole again. */
  readonly split?: true;
}

/** What has to survive a crash so that every record reaches storage once. */
export interface SpoolState {
  /** Everything in front of it is stored. */
  readonly drained: SpoolPosition;
  /** Batches behind `drained` that may be stored or not, oldest first; each starts where the one before ends. */
  readonly plans: readonly BatchPlan[];
}

const slots = 16;
const slotBytes = 4096;

/**
 * Keeps a small state in a file of 16 slots of 4 KiB: each save overwrites the oldest slot with the whole state, a
 * generation and a checksum, and opening takes the newest intact one. So a torn or damaged slot falls back to the state
 * before, the file never grows, and saving needs no free space: a full disk can still be drained.
 *
 * A slot is `CRC-32 of the rest of the text, 8 hex` + JSON, filled up with spaces.
 */
export class StateFile {
  readonly #handle: FileHandle;
  #generation: number;
  #saving: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle, generation: number) {
    this.#handle = handle;
    this.#generation = generation;
  }

  /** Opens or creates the file. `state` is undefined when it holds none, `damaged` counts slots that hold something else. */
  static async open(path: string): Promise<{ file: StateFile; state: SpoolState | undefined; damaged: number }> {
    const handle = await open(path, 'r+').catch(error => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return open(path, 'wx+', 0o600);
    });
    try {
      const content = Buffer.alloc(slots * slotBytes);
      const { bytesRead } = await handle.read(content, 0, content.length, 0);
      if (bytesRead < content.length) {
        // Takes the blocks now, while there is space.
        await handle.write(content, bytesRead, content.length - bytesRead, bytesRead);
        await handle.datasync();
      }
      let newest: { generation: number; state: SpoolState } | undefined;
      let damaged = 0;
      for (let slot = 0; slot < slots; slot++) {
        const bytes = content.subarray(slot * slotBytes, (slot + 1) * slotBytes);
        if (bytes.every(byte => byte === 0)) continue;
        const found = parseSlot(bytes.toString('utf8'));
        if (found === undefined) damaged++;
        else if (newest === undefined || found.generation > newest.generation) newest = found;
      }
      return { file: new StateFile(handle, newest?.generation ?? 0), state: newest?.state, damaged };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Resolves when the state survives the kill of this process; with `sync`, a crash of the machine. Saves in call order. */
  save(state: SpoolState, sync: boolean): Promise<void> {
    const generation = ++this.#generation;
    const text = JSON.stringify({ generation, ...state });
    const slot = `${crc32(text).toString(16).padStart(8, '0')}${text}`.padEnd(slotBytes - 1).concat('\n');
    const saved = this.#saving.then(async () => {
      await this.#handle.write(slot, (generation % slots) * slotBytes, 'utf8');
      if (sync) await this.#handle.datasync();
    });
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async close(): Promise<void> {
    await this.#saving;
    await this.#handle.close();
  }
}

function parseSlot(text: string): { generation: number; state: SpoolState } | undefined {
  const json = text.slice(8).trimEnd();
  if (crc32(json).toString(16).padStart(8, '0') !== text.slice(0, 8)) return undefined;
  const { generation, ...state } = JSON.parse(json) as SpoolState & { generation: number };
  return { generation, state };
}
