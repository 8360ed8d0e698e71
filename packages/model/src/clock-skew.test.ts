import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryTrace } from '../test/arbitrary-trace.ts';
import { at, hex, NOON, span } from '../test/build-span.ts';
import { type CorrectedTree, correctClockSkew } from './clock-skew.ts';
import type { Span } from './span.ts';
import { buildSpanTree, preOrder, type SpanNode } from './span-tree.ts';

const WEB = at('web', '10.0.0.1');
const APP = at('app', '10.0.0.2');

function correct(...spans: Span[]): CorrectedTree {
  return correctClockSkew(buildSpanTree(spans));
}

/** Timestamps after correction, relative to noon, in pre-order. */
function starts({ root }: CorrectedTree): (number | undefined)[] {
  return preOrder(root).map(({ span }) => (span!.timestamp === undefined ? undefined : span!.timestamp - NOON));
}

function client(duration: number | undefined, localEndpoint: object = WEB): Span {
  return span('1', { kind: 'CLIENT', timestamp: NOON, duration, localEndpoint });
}

function server(start: number, duration: number | undefined, localEndpoint: object = APP): Span {
  return span('2', { parentId: '1', kind: 'SERVER', timestamp: NOON + start, duration, localEndpoint });
}

describe('correctClockSkew', () => {
  it('puts a server that seems to start early in the middle of its client', () => {
    const corrected = correct(client(100), server(-500, 60));
    assert.deepEqual(starts(corrected), [0, 20]);
    assert.deepEqual(
      corrected.moved.map(({ node, byMicros }) => [node.span!.id, byMicros]),
      [['0000000000000002', 520]],
    );
  });

  it('moves a shared half as well', () => {
    const shared = span('1', { kind: 'SERVER', shared: true, timestamp: NOON - 50, duration: 80, localEndpoint: APP });
    assert.deepEqual(starts(correct(client(100), shared)), [0, 10]);
  });

  it('keeps times whole', () => {
    assert.deepEqual(starts(correct(client(100), server(-10, 55))), [0, 22]);
  });

  it('moves a server that is longer than its client just behind its start', () => {
    assert.deepEqual(starts(correct(client(50), server(-10, 60))), [0, 1]);
  });

  it('moves a server of a one-way call just behind the start of its client', () => {
    assert.deepEqual(starts(correct(client(undefined), server(-10, 60))), [0, 1]);
    assert.deepEqual(starts(correct(client(50), server(-10, undefined))), [0, 1]);
    assert.deepEqual(starts(correct(client(undefined), server(0, undefined))), [0, 1]);
  });

  it('moves annotations and the spans below that ran at the same address', () => {
    const corrected = correct(
      client(100),
      span('2', {
        parentId: '1',
        kind: 'SERVER',
        timestamp: NOON - 500,
        duration: 60,
        localEndpoint: APP,
        annotations: [{ timestamp: NOON - 490, value: 'a' }],
      }),
      span('3', { parentId: '2', timestamp: NOON - 480, localEndpoint: APP }),
      span('4', { parentId: '3', timestamp: NOON + 30, localEndpoint: at('other', '10.0.0.3') }),
      span('5', { parentId: '4', annotations: [{ timestamp: NOON - 470, value: 'b' }], localEndpoint: APP }),
    );
    assert.deepEqual(starts(corrected), [0, 20, 40, 30, undefined]);
    const annotations = preOrder(corrected.root).map(({ span }) => span!.annotations?.[0]?.timestamp);
    assert.deepEqual(annotations, [undefined, NOON + 30, undefined, undefined, NOON + 50]);
    assert.equal(corrected.moved.length, 3);
  });

  it('corrects a second clock relative to the first', () => {
    const corrected = correct(
      client(100),
      server(-500, 60),
      span('3', { parentId: '2', kind: 'CLIENT', timestamp: NOON - 490, duration: 40, localEndpoint: APP }),
      span('4', {
        parentId: '3',
        kind: 'SERVER',
        timestamp: NOON - 9000,
        duration: 20,
        localEndpoint: at('db', '10.0.0.3'),
      }),
    );
    assert.deepEqual(starts(corrected), [0, 20, 30, 40]);
  });

  it('keeps children in the order of their corrected starts', () => {
    const root = span('1', { kind: 'CLIENT', timestamp: NOON, duration: 100, localEndpoint: WEB });
    const local = span('3', { parentId: '1', timestamp: NOON + 5, duration: 10, localEndpoint: WEB });
    const { root: corrected } = correct(root, server(-500, 60), local);
    assert.deepEqual(
      corrected.children.map(({ span }) => span!.timestamp! - NOON),
      [5, 20],
    );
  });

  it('leaves alone what tells nothing about clocks', () => {
    const cases: Record<string, Span[]> = {
      'a server that starts after its client': [client(100), server(1, 60)],
      'one host': [client(100, APP), server(-10, 60)],
      'unknown address of the server': [client(100), server(-10, 60, at('app'))],
      'unknown client': [span('1', { kind: 'CLIENT', timestamp: NOON, duration: 9 }), server(-10, 6)],
      'local spans': [
        span('1', { timestamp: NOON, localEndpoint: WEB }),
        span('2', { parentId: '1', timestamp: NOON - 9, localEndpoint: APP }),
      ],
      'a missing timestamp': [span('1', { kind: 'CLIENT', localEndpoint: WEB }), server(-10, 60)],
      'equal times': [client(60), server(0, 60)],
    };
    for (const [name, spans] of Object.entries(cases)) {
      const tree = buildSpanTree(spans);
      assert.deepEqual(correctClockSkew(tree), { root: tree, moved: [] }, name);
    }
  });

  it('compares IPv6 addresses as well', () => {
    const v6 = (ipv6: string) => ({ serviceName: 'a', ipv6 });
    assert.equal(correct(client(100, v6('2001:db8::1')), server(-10, 60, v6('2001:db8::1'))).moved.length, 0);
    assert.equal(correct(client(100, v6('2001:db8::1')), server(-10, 60, v6('2001:db8::2'))).moved.length, 1);
  });

  it('leaves traces without one real root alone', () => {
    const headless = [span('1', { ...client(100), parentId: '9' }), server(-500, 60)];
    assert.equal(correct(...headless).moved.length, 0);
    assert.equal(correct(client(100), server(-500, 60), span('7')).moved.length, 0);
  });

  it('does not change the tree that it is given', () => {
    const root = buildSpanTree([client(100), server(-500, 60)]);
    correctClockSkew(root);
    assert.equal(root.children[0]!.span!.timestamp, NOON - 500);
  });

  it('keeps the spans and the shape of any tree', () => {
    fc.assert(
      fc.property(arbitraryTrace, spans => {
        const root = buildSpanTree(spans);
        const before = preOrder(root);
        const after = preOrder(correctClockSkew(root).root);
        const shape = (nodes: SpanNode[]) => nodes.map(({ span, children }) => `${span!.id} ${children.length}`).sort();
        assert.deepEqual(shape(after), shape(before));
        const total = (nodes: SpanNode[]) => nodes.reduce((sum, { span }) => sum + (span!.timestamp ?? NOON) - NOON, 0);
        assert(total(after) >= total(before), 'clocks are only moved forward');
        assert(after.every(({ span }) => span!.timestamp === undefined || Number.isSafeInteger(span!.timestamp)));
      }),
      { numRuns: 500 },
    );
  });

  it('takes a chain of 100,000 calls', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) =>
      span(hex(i + 1), {
        parentId: i === 0 ? undefined : hex(i),
        kind: i % 2 === 0 ? 'CLIENT' : 'SERVER',
        timestamp: NOON + (i % 4 === 1 ? -1000 : i),
        duration: 1_000_000 - i,
        localEndpoint: at('s', `10.0.${(i >> 1) % 2}.${(i + 1) % 2}`),
      }),
    );
    assert(correct(...chain).moved.length > 0);
  });
});
