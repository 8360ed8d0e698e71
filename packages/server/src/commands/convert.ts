import { decodeSpans, encodeSpans, type Format } from '@tracekin/codec';
import { type Command, Option } from 'commander';
import { readSpans } from './span-files.ts';
import { readInput, type Terminal } from './terminal.ts';

const FORMATS: readonly Format[] = ['json-v2', 'json-v1', 'thrift', 'proto3', 'otlp-proto', 'otlp-json'];

export function addConvert(program: Command, terminal: Terminal): Command {
  return program
    .command('convert')
    .summary('change the format of spans')
    .description('Reads spans from the standard input and writes them to the standard output in another format.')
    .addOption(
      new Option('--from <format>', 'format of the input; auto detects all but otlp-proto')
        .choices(['auto', ...FORMATS])
        .default('auto'),
    )
    .addOption(new Option('--to <format>', 'format of the output').choices(FORMATS).default('json-v2'))
    .addHelpText(
      'after',
      '\nExamples:\n  tracekin convert --to proto3 < spans.json > spans.pb\n  tracekin convert --from thrift < message.bin',
    )
    .action(async ({ from, to }: { from: Format | 'auto'; to: Format }) => {
      const input = await readInput(terminal);
      terminal.out(encodeSpans(from === 'auto' ? readSpans(input, 'input') : decodeSpans(input, from), to));
    });
}
