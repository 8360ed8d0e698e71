import { after, before, describe, it, test } from 'node:test';
import { Connection } from './connection.ts';
import { engineMissing, temporaryEngine } from './testing/embedded-engine.ts';
import { SQL_CASES } from './testing/sql-cases.ts';

const missing = engineMissing();
if (missing !== undefined) {
  test('generated SQL runs on the engine', t => t.skip(missing));
} else {
  describe('generated SQL runs on the engine', () => {
    const { engine, close } = temporaryEngine();
    const connection = new Connection(() => engine.endpoint());
    before(async () => {
      for (const sql of SQL_CASES.find(({ name }) => name === 'schema')!.sql) await connection.command(sql);
    });
    after(async () => {
      await connection.close();
      await close();
    });
    for (const { name, sql, run = true } of SQL_CASES) {
      if (!run) continue;
      it(name, async () => {
        for (const statement of sql) {
          if (statement.text.startsWith('SELECT')) await connection.query(statement);
          else await connection.command(statement);
        }
      });
    }
  });
}
