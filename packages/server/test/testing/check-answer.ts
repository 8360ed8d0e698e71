import assert from 'node:assert/strict';
import { openApiDocument } from '@tracekin/query';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { SERVER_PATHS } from '../../src/operation/openapi-paths.ts';
import type { Answer } from './http-client.ts';

interface Described {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Described>> }>>>
  >;
  readonly components: object;
}

export const document: Document = openApiDocument({ version: '0', paths: SERVER_PATHS }) as unknown as Document;

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'openapi', components: document.components });
const compiled = new Map<object, ValidateFunction>();

/** Fails when an answer is not what the OpenAPI document says of this path, method and status. What nobody serves passes. */
export function checkAnswer(method: string, path: string, answer: Answer): void {
  const operation = find(path)?.[method.toLowerCase()];
  const unserved = /^(404|405|414) [A-Z][A-Za-z -]+$/.test(answer.text);
  if (operation === undefined || unserved) return;
  const where = `${method} ${path.slice(0, 100)}`;
  const described = operation.responses[answer.status];
  assert.ok(described, `${where}: status ${answer.status} is not described: ${answer.text}`);
  if (described.content === undefined) {
    assert.equal(answer.text, '', `${where}: a body that is not described`);
    return;
  }
  const [type, { schema }] = Object.entries(described.content)[0]!;
  assert.equal(answer.headers['content-type']?.split(';')[0], type, `${where}: content type`);
  if (type === 'application/json') assertValid(schema, JSON.parse(answer.text), where);
}

function assertValid(schema: object, value: unknown, where: string): void {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
    validate = ajv.compile(JSON.parse(text) as object);
    compiled.set(schema, validate);
  }
  assert.ok(validate(value), `${where}: ${ajv.errorsText(validate.errors)}`);
}

function find(path: string): Document['paths'][string] | undefined {
  const bare = path.replace(/\?.*/s, '').replace(/^\/zipkin(?=\/api\/)/, '');
  if (document.paths[bare] !== undefined) return document.paths[bare];
  const template = Object.keys(document.paths).find(
    candidate => candidate.includes('{') && new RegExp(`^${candidate.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
  return template === undefined ? undefined : document.paths[template];
}
