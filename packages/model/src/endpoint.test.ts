import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizeEndpoint, sameEndpoint } from './endpoint.ts';

describe('normalizeEndpoint', () => {
  it('takes an endpoint of nothing as absent', () => {
    for (const empty of [undefined, null, {}, { serviceName: '' }, { port: 0 }, { port: -1 }, { ip: '', ipv4: null }]) {
      assert.equal(normalizeEndpoint(empty), undefined);
    }
    assert.equal(normalizeEndpoint({ ipv4: 'localhost', ipv6: 'unknown' }), undefined);
  });

  it('puts the service name in lower case, whatever the alphabet', () => {
    assert.deepEqual(normalizeEndpoint({ serviceName: 'FooBar' }), { serviceName: 'foobar' });
    assert.deepEqual(normalizeEndpoint({ serviceName: 'ÀÉÎ' }), { serviceName: 'àéî' });
    assert.deepEqual(normalizeEndpoint({ serviceName: 'TITLE I' }), { serviceName: 'title i' });
  });

  it('puts each address in the field of its family', () => {
    assert.deepEqual(normalizeEndpoint({ ipv4: '2001:db8::c001' }), { ipv6: '2001:db8::c001' });
    assert.deepEqual(normalizeEndpoint({ ipv6: '10.0.0.1' }), { ipv4: '10.0.0.1' });
    assert.deepEqual(normalizeEndpoint({ ipv6: '::ffff:10.0.0.1' }), { ipv4: '10.0.0.1' });
    assert.deepEqual(normalizeEndpoint({ ip: '2001:DB8::1' }), { ipv6: '2001:db8::1' });
    assert.deepEqual(normalizeEndpoint({ ipv4: '10.0.0.1', ipv6: '::1' }), { ipv4: '10.0.0.1', ipv6: '::1' });
  });

  it('ignores what is no address and keeps the rest', () => {
    assert.deepEqual(normalizeEndpoint({ serviceName: 'a', ipv4: '1.2.3.x', ipv6: 'fe80::1%eth0', port: 80 }), {
      serviceName: 'a',
      port: 80,
    });
  });

  it('refuses ports that cannot be', () => {
    assert.deepEqual(normalizeEndpoint({ port: 65535 }), { port: 65535 });
    for (const port of [65536, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => normalizeEndpoint({ port }), { code: 'invalid-argument', message: `invalid port ${port}` });
    }
  });

  it('leaves out fields that an endpoint does not have', () => {
    const input = { serviceName: 'a', ipv4: undefined, region: 'eu' };
    assert.deepEqual(Object.keys(normalizeEndpoint(input)!), ['serviceName']);
  });

  it('returns a normal endpoint as it is', () => {
    for (const endpoint of [
      { serviceName: 'a' },
      { serviceName: 'a', ipv4: '1.2.3.4', ipv6: '::1', port: 1 },
      { port: 9 },
    ]) {
      assert.equal(normalizeEndpoint(endpoint), endpoint);
    }
  });
});

describe('sameEndpoint', () => {
  it('compares every field', () => {
    const endpoint = { serviceName: 'a', ipv4: '1.2.3.4', ipv6: '::1', port: 1 };
    assert(sameEndpoint(endpoint, { ...endpoint }));
    assert(sameEndpoint(undefined, undefined));
    assert(!sameEndpoint(endpoint, undefined));
    for (const key of Object.keys(endpoint)) assert(!sameEndpoint(endpoint, { ...endpoint, [key]: undefined }), key);
  });
});
