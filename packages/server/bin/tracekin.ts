#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Halves the time to the first answer from the second start on. Before any other import, so that they profit.
enableCompileCache();
const { run } = await import('../src/commands/run.ts');
process.exitCode = await run(process.argv.slice(2));
