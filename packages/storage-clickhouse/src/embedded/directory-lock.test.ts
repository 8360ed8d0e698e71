import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { lockDirectory } from './directory-lock.ts';
import { formatRecordedProcess, processIdentity } from './process-identity.ts';

function withDirectory(use: (directory: string) => void): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracekin-lock-'));
  try {
    use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test('a directory is locked once, and again after it was unlocked', () => {
  withDirectory(directory => {
    const unlock = lockDirectory(directory);
    assert.throws(() => lockDirectory(directory), { code: 'invalid-configuration' });
    unlock();
    lockDirectory(directory)();
    assert.equal(existsSync(path.join(directory, 'server.lock')), false);
  });
});

test('the lock of another process that runs is respected and names it', () => {
  withDirectory(directory => {
    const parent = { pid: process.ppid, identity: processIdentity(process.ppid)! };
    writeFileSync(path.join(directory, 'server.lock'), formatRecordedProcess(parent));
    assert.throws(() => lockDirectory(directory), { message: new RegExp(`process ${process.ppid}\\)`) });
  });
});

test('a lock that a dead process left, or that is no lock, is taken over', () => {
  for (const content of [`${process.pid} linux:1`, 'nonsense', '']) {
    withDirectory(directory => {
      writeFileSync(path.join(directory, 'server.lock'), content);
      lockDirectory(directory)();
    });
  }
});
