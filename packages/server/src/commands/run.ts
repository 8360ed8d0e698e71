import { TracekinError } from '@tracekin/model';
import { Command, CommanderError } from 'commander';
import { BUILD_INFO } from '../version.ts';
import { addConvert } from './convert.ts';
import { addGet } from './get.ts';
import { addSearch } from './search.ts';
import { addSend } from './send.ts';
import { addServe } from './serve.ts';
import { systemTerminal, type Terminal } from './terminal.ts';

/** What a shell sees: done, the request failed, it was asked wrongly. */
const EXIT = { done: 0, failed: 1, misused: 2 } as const;

/** Runs the `tracekin` command and resolves to its exit code. `arguments_` come after the command's name. */
export async function run(arguments_: readonly string[], terminal: Terminal = systemTerminal): Promise<number> {
  const program = new Command('tracekin')
    .description('A complete distributed tracing system: a drop-in Zipkin server, and tools for spans.')
    .version(BUILD_INFO.version)
    .configureOutput({ writeOut: text => terminal.out(text), writeErr: text => terminal.err(text) })
    .showSuggestionAfterError()
    .exitOverride();
  for (const add of [addServe, addSend, addGet, addSearch, addConvert]) {
    add(program, terminal).exitOverride().copyInheritedSettings(program);
  }
  try {
    await program.parseAsync(arguments_, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return explain(error, terminal);
  }
}

function explain(error: unknown, terminal: Terminal): number {
  // Commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misused;
  if (error instanceof TracekinError) {
    terminal.err(`tracekin: ${error.message}\n`);
    return error.code === 'invalid-configuration' ? EXIT.misused : EXIT.failed;
  }
  terminal.err(`tracekin: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}
