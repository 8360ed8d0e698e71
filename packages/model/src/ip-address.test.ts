import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ipToBytes, isIpv4, parseIp, parseIpBytes } from './ip-address.ts';

const ipv4 = (text: string) => ({ family: 'ipv4', text });
const ipv6 = (text: string) => ({ family: 'ipv6', text });

describe('parseIp', () => {
  for (const [given, expected] of [
    ['192.168.99.101', ipv4('192.168.99.101')],
    ['0.0.0.0', ipv4('0.0.0.0')],
    ['255.255.255.255', ipv4('255.255.255.255')],
    ['::1', ipv6('::1')],
    ['::', ipv6('::')],
    ['0:0:0:0:0:0:0:0', ipv6('::')],
    ['2001:DB8::C001', ipv6('2001:db8::c001')],
    ['2001:0db8:0000:0000:0000:0000:0000:c001', ipv6('2001:db8::c001')],
    ['2001:db8:0:1:1:1:1:1', ipv6('2001:db8:0:1:1:1:1:1')],
    ['2001:0:0:1:0:0:0:1', ipv6('2001:0:0:1::1')],
    ['2001:db8:0:0:1:0:0:1', ipv6('2001:db8::1:0:0:1')],
    ['1:2:3:4:5:6:7::', ipv6('1:2:3:4:5:6:7:0')],
    ['::2:3:4:5:6:7:8', ipv6('0:2:3:4:5:6:7:8')],
    ['1::', ipv6('1::')],
    ['64:ff9b::1.2.3.4', ipv6('64:ff9b::102:304')],
    ['::ffff:43.0.192.2', ipv4('43.0.192.2')],
    ['::FFFF:2b00:c002', ipv4('43.0.192.2')],
    ['0:0:0:0:0:ffff:1.2.3.4', ipv4('1.2.3.4')],
    ['::43.0.192.2', ipv4('43.0.192.2')],
    ['::0.0.0.1', ipv6('::1')],
    ['::ffff:0.0.0.0', ipv4('0.0.0.0')],
  ] as const) {
    it(`reads ${given} as ${expected.text}`, () => assert.deepEqual(parseIp(given), expected));
  }

  for (const text of [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4 ',
    '1..2.3',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    'fe80::1%eth0',
    '[::1]',
    '1:2:3:4:5:6:7:1.2.3.4',
  ]) {
    it(`does not take "${text}" for an address`, () => assert.equal(parseIp(text), undefined));
  }

  it('agrees with the platform on what is an address', () => {
    const nearly = fc.stringMatching(/^[0-9a-f:.]{1,24}$/);
    fc.assert(
      fc.property(fc.oneof(nearly, fc.ipV4(), fc.ipV6()), text => {
        assert.equal(isIpv4(text), isIPv4(text));
        assert.equal(parseIp(text) !== undefined, isIPv4(text) || isIPv6(text), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('writes IPv6 as the platform does', () => {
    fc.assert(
      fc.property(fc.ipV6(), text => {
        const address = parseIp(text)!;
        if (address.family === 'ipv6') assert.equal(`[${address.text}]`, new URL(`http://[${text}]`).hostname);
        assert.deepEqual(parseIp(address.text), address);
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with the bytes of the same address', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(16), (bytes, zeros) => {
        bytes.fill(0, 0, zeros);
        const address = parseIpBytes(bytes)!;
        const back = ipToBytes(address.text)!;
        assert.deepEqual(back, address.family === 'ipv6' ? bytes : bytes.subarray(12));
        assert.deepEqual(parseIpBytes(back), address);
      }),
    );
    assert.deepEqual(parseIpBytes(Uint8Array.of(1, 2, 3, 4)), ipv4('1.2.3.4'));
    assert.equal(parseIpBytes(Uint8Array.of(1, 2, 3)), undefined);
    assert.equal(ipToBytes('nonsense'), undefined);
  });
});
