import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suggest, typedTagKey } from './suggestions.ts';

const known = {
  services: ['cart', 'checkout', 'gateway'],
  spanNames: ['get /cart', 'post /checkout'],
  remoteServices: ['redis'],
  tagKeys: ['environment'],
  tagValues: ['prod', 'staging'],
};

describe('suggestions for the filter box', () => {
  it('offers how filters begin, then services, when nothing is typed', () => {
    const texts = suggest('', [], known).map(({ text }) => text);
    assert.deepEqual(texts.slice(0, 3), ['service:', 'span:', 'remote:']);
    assert.ok(texts.includes('error') && texts.includes('environment=') && texts.includes('service:checkout'));
  });

  it('completes a service by any part of its name, those that begin with it first', () => {
    const texts = suggest('service:c', [], known).map(({ text }) => text);
    assert.deepEqual(texts, ['service:cart', 'service:checkout', 'service:c']);
  });

  it('offers what was typed even when the server does not know it', () => {
    assert.deepEqual(suggest('span:unheard-of', [], known).at(-1)?.filters, [
      { field: 'spanName', value: 'unheard-of' },
    ]);
    assert.deepEqual(suggest('http.method=POST', [], known).at(-1)?.filters, [
      { field: 'tag', key: 'http.method', value: 'POST' },
    ]);
  });

  it('completes a plain word to services and spans, and keeps the word itself', () => {
    const lines = suggest('check', [], known);
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['service:checkout', 'span:"post /checkout"', 'check'],
    );
  });

  it('gives units to a bare number of a duration', () => {
    assert.deepEqual(
      suggest('duration>5', [], known).map(({ text }) => text),
      ['duration>5us', 'duration>5ms', 'duration>5s'],
    );
  });

  it('knows which tag key waits for values', () => {
    assert.equal(typedTagKey('environment=pr'), 'environment');
    assert.equal(typedTagKey('service:a'), '');
    assert.deepEqual(suggest('environment=pr', [], known)[0]?.filters, [
      { field: 'tag', key: 'environment', value: 'prod' },
    ]);
  });

  it('has ids that are unique', () => {
    for (const typed of ['', 'e', 'error', 'service:', 'duration<', 'x y']) {
      const ids = suggest(typed, [], known).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, typed);
    }
  });
});
