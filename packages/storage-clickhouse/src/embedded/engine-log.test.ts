import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineLog } from './engine-log.ts';

test('warnings and worse reach the log, the rest does not, and chunks may be cut anywhere', () => {
  const lines: [string, string][] = [];
  const log = new EngineLog((level, message) => lines.push([level, message]));
  const text = [
    '2026.11.21 10:05:36.368847 [ 17165 ] {} <Information> Application: Listening',
    '2026.11.21 10:05:36.924366 [ 17181 ] {} <Warning> BackgroundSchedulePool: Temporarily pause scheduling of tasks with id 6',
    '2026.11.21 10:05:37.000000 [ 17181 ] {abc} <Error> MergeTree: disk is full',
    '2026.11.21 10:05:37.000001 [ 17181 ] {} <Fatal> BaseDaemon: received signal 11',
    'ffi: cannot load',
    '',
  ].join('\n');
  for (const char of text) log.write(char);
  assert.deepEqual(lines, [
    ['warn', 'storage engine: MergeTree: disk is full'],
    ['error', 'storage engine: BaseDaemon: received signal 11'],
  ]);
  assert.match(log.tail(), /disk is full.*signal 11.*cannot load/);
});
