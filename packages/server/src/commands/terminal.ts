/** Where a command reads and prints; the process by default. */
export interface Terminal {
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** Whether `err` is a screen, on which a line may be rewritten. */
  readonly interactive: boolean;
  readonly input: AsyncIterable<Uint8Array>;
}

export const systemTerminal: Terminal = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
  get input() {
    return process.stdin;
  },
};

/** All of the terminal's input. */
export async function readInput(terminal: Terminal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of terminal.input) chunks.push(chunk);
  return Buffer.concat(chunks);
}
