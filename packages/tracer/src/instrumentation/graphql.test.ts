import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSchema, graphql as run } from 'graphql';
import { testTracing } from '../testing.ts';
import { graphql } from './graphql.ts';

describe('graphql operations', () => {
  const schema = buildSchema('type Query { plain: String, slow: String, fails: String }');

  it('are one span each, around what their resolvers do', async () => {
    using tracing = testTracing();
    const off = graphql.install(tracing.tracer);
    const rootValue = {
      plain: () => 'x',
      slow: () => tracing.tracer.trace('db', async () => new Promise(resolve => setTimeout(() => resolve('y'), 5))),
    };
    await tracing.tracer.trace('request', () => run({ schema, source: 'query getAll { plain slow }', rootValue }));
    await tracing.tracer.trace('request', () => run({ schema, source: '{ plain }', rootValue }));
    await run({ schema, source: '{ plain }', rootValue });
    off();
    const spans = tracing.reporter.spans;
    assert.deepEqual(
      spans.map(span => span.name),
      ['db', 'query getall', 'request', 'query', 'request'],
    );
    assert.equal(spans[0]!.parentId, spans[1]!.id);
    assert.equal(spans[1]!.parentId, spans[2]!.id);
    assert.ok(spans[1]!.duration! >= spans[0]!.duration!);
    assert.deepEqual(spans[1]!.tags, { 'graphql.operation.type': 'query' });
  });
});
