import { ClickHouseStorage } from '../clickhouse-storage.ts';
import { Connection } from '../connection.ts';
import type { Engine } from '../embedded/engine.ts';

/** Storage in a database of its own on an engine, and its connection, e.g. to count statements. Dispose of the storage. */
export function storageOn(engine: Engine, database: string): { storage: ClickHouseStorage; connection: Connection } {
  const connection = new Connection(() => engine.endpoint());
  const storage = new ClickHouseStorage({
    name: database,
    connection,
    layout: { database },
    options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
    log: () => {},
  });
  return { storage, connection };
}

/** How many SELECTs go through a connection from now on. */
export function countStatements(connection: Connection): () => number {
  let statements = 0;
  const ask = connection.query.bind(connection);
  connection.query = (...call) => {
    statements++;
    return ask(...call);
  };
  return () => statements;
}
