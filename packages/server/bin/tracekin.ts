#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Halves the time to the first answer from the second start on. Before any other import, so that they profit.
enableCompileCache();
// `tracekin search | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const { run } = await import('../src/commands/run.ts');
process.exitCode = await run(process.argv.slice(2));
