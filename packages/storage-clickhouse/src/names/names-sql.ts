import type { Sql } from '../connection.ts';
import { type Layout, NAMES, tableName } from '../schema/tables.ts';
import { NAME_KIND } from '../write/batch-names.ts';

/** Every service that reported a span, sorted. */
export function serviceNames(layout: Layout): Sql {
  return {
    text: [
      'SELECT DISTINCT service AS text',
      `FROM ${tableName(layout, NAMES)}`,
      `WHERE kind = ${NAME_KIND.service}`,
    ].join('\n'),
  };
}

/** What goes with a service, or the values of a tag key. */
export function namesOf(layout: Layout, kind: keyof typeof NAME_KIND, service: string): Sql {
  return {
    text: [
      'SELECT DISTINCT value AS text',
      `FROM ${tableName(layout, NAMES)}`,
      `WHERE kind = ${NAME_KIND[kind]} AND service = {service:String}`,
    ].join('\n'),
    parameters: { service },
  };
}
