import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lowTraceId, normalizeParentId, normalizeSpanId, normalizeTraceId } from './ids.ts';

function refuses(run: () => unknown, message: string): void {
  assert.throws(run, { name: 'TracekinError', code: 'invalid-argument', message });
}

describe('normalizeTraceId', () => {
  for (const [given, normal] of [
    ['1', '0000000000000001'],
    ['463ac35c9f6413ad', '463ac35c9f6413ad'],
    ['d3d200866a77cc59a', '000000000000000d3d200866a77cc59a'],
    ['463ac35c9f6413ad48485a3953bb6124', '463ac35c9f6413ad48485a3953bb6124'],
    ['063ac35c9f6413ad48485a3953bb6124', '063ac35c9f6413ad48485a3953bb6124'],
    ['63ac35c9f6413ad48485a3953bb6124', '063ac35c9f6413ad48485a3953bb6124'],
    ['000000000000000048485a3953bb6124', '48485a3953bb6124'],
    ['000000000000000000000000000000ff', '00000000000000ff'],
    ['000048485a3953bb6124', '48485a3953bb6124'],
  ] as const) {
    it(`turns ${given} into ${normal}`, () => assert.equal(normalizeTraceId(given), normal));
  }

  it('refuses what is no trace id, in the words of Zipkin', () => {
    refuses(() => normalizeTraceId(''), 'traceId is empty');
    refuses(() => normalizeTraceId('a'.repeat(33)), 'traceId.length > 32');
    for (const zeros of [1, 15, 16, 17, 31, 32])
      refuses(() => normalizeTraceId('0'.repeat(zeros)), 'traceId is all zeros');
    for (const text of ['0e8b46e1-81b', '463AC35C9F6413AD', '0x1', ' 1', 'g', '1\u0000', '１', 'é']) {
      refuses(() => normalizeTraceId(text), `${text} should be lower-hex encoded with no prefix`);
    }
  });

  it('gives one form to every spelling of an id', () => {
    const digits = fc.stringMatching(/^[1-9a-f][0-9a-f]{0,31}$/);
    fc.assert(
      fc.property(digits, fc.nat(31), (id, zeros) => {
        const normal = normalizeTraceId(id);
        assert.match(normal, /^([0-9a-f]{16}|[0-9a-f]{32})$/);
        assert.equal(normalizeTraceId(normal), normal);
        assert.equal(normalizeTraceId('0'.repeat(Math.min(zeros, 32 - id.length)) + id), normal);
        assert.equal(BigInt(`0x${normal}`), BigInt(`0x${id}`));
        assert.equal(
          lowTraceId(normal),
          BigInt.asUintN(64, BigInt(`0x${id}`))
            .toString(16)
            .padStart(16, '0'),
        );
      }),
    );
  });
});

describe('normalizeSpanId', () => {
  it('pads to 16 characters', () => {
    assert.equal(normalizeSpanId('1'), '0000000000000001');
    assert.equal(normalizeSpanId('463ac35c9f6413ad'), '463ac35c9f6413ad');
  });

  it('refuses what is no span id, in the words of Zipkin', () => {
    refuses(() => normalizeSpanId(''), 'id is empty');
    refuses(() => normalizeSpanId('a'.repeat(17)), 'id.length > 16');
    refuses(() => normalizeSpanId('B'), 'B should be lower-hex encoded with no prefix');
    for (const zeros of [1, 15, 16]) refuses(() => normalizeSpanId('0'.repeat(zeros)), 'id is all zeros');
  });
});

describe('normalizeParentId', () => {
  it('takes zeros and the own id as no parent', () => {
    assert.equal(normalizeParentId('2', '0000000000000001'), '0000000000000002');
    assert.equal(normalizeParentId('1', '0000000000000001'), undefined);
    assert.equal(normalizeParentId('0', '0000000000000001'), undefined);
    assert.equal(normalizeParentId('0'.repeat(16), '0000000000000001'), undefined);
  });

  it('refuses what is no span id, naming parentId', () => {
    refuses(() => normalizeParentId('', '1'), 'parentId is empty');
    refuses(() => normalizeParentId('1'.repeat(17), '1'), 'parentId.length > 16');
    refuses(() => normalizeParentId('x', '1'), 'x should be lower-hex encoded with no prefix');
  });
});
