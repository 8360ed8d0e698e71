import { recordCalls } from './call-channel.ts';
import type { Instrumentation } from './instrumentation.ts';
import { redactSql, sqlVerb } from './sql.ts';
import { Subscriptions } from './subscriptions.ts';

interface QueryMessage {
  readonly query: unknown;
  readonly database?: string;
  /** A host, or the path of a socket with no port. */
  readonly serverAddress?: string;
  readonly serverPort?: number;
}

/** CLIENT spans of mysql2's queries and prepared statements, for MySQL and MariaDB. */
export const mysql2: Instrumentation = {
  name: 'mysql2',
  install(tracer) {
    const subscriptions = new Subscriptions(this.name, tracer);
    for (const channel of ['mysql2:query', 'mysql2:execute']) {
      recordCalls<QueryMessage>(subscriptions, tracer, channel, ({ query, database, serverAddress, serverPort }) => {
        const sql = String(query ?? '');
        return {
          name: sqlVerb(sql),
          kind: 'CLIENT',
          tags: { 'sql.query': redactSql(sql) },
          remote: { serviceName: database ? `mysql-${database}` : 'mysql', ip: serverAddress, port: serverPort },
        };
      });
    }
    return subscriptions.off;
  },
};
