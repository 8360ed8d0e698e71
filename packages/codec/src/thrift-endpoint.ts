import { type Endpoint, makeEndpoint, parseIpBytes } from '@tracekin/model';
import { isZero } from './hex-bytes.ts';
import { cachedName, cachedText } from './text-cache.ts';
import { I16, I32, STRING, ThriftReader, thriftField } from './thrift-reader.ts';

const IPV4 = thriftField(I32, 1);
const PORT = thriftField(I16, 2);
const SERVICE_NAME = thriftField(STRING, 3);
const IPV6 = thriftField(STRING, 4);

/** Reads what both ways of reading a v1 span share: texts, names and endpoints. */
export class ThriftEndpointReader extends ThriftReader {
  /** The last few endpoints: thrift repeats one in every annotation. */
  readonly #recent: RecentEndpoint[] = [];
  readonly #view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);

  text(): string {
    const length = this.length();
    const start = this.take(length);
    return cachedText(this.bytes, start, start + length);
  }

  name(): string | undefined {
    const length = this.length();
    const start = this.take(length);
    return cachedName(this.bytes, start, start + length);
  }

  /** Equal bytes are an equal endpoint: a struct ends with its stop byte, so it has no equal prefix that means another. */
  endpoint(): Endpoint | undefined {
    const { bytes, pos: start } = this;
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i++) {
      const { raw, words, endpoint } = recent[i]!;
      if (!this.#startsWith(start, raw, words)) continue;
      this.pos = start + raw.length;
      return endpoint;
    }
    const endpoint = this.#parseEndpoint();
    if (this.pos - start <= 128) {
      const raw = bytes.slice(start, this.pos);
      recent.unshift({ raw, words: wordsOf(raw), endpoint });
      if (recent.length > 4) recent.pop();
    }
    return endpoint;
  }

  #startsWith(start: number, raw: Uint8Array, words: Int32Array): boolean {
    if (start + raw.length > this.bytes.length) return false;
    const view = this.#view;
    for (let i = 0; i < words.length; i++) if (view.getInt32(start + i * 4) !== words[i]) return false;
    for (let i = words.length * 4; i < raw.length; i++) if (this.bytes[start + i] !== raw[i]) return false;
    return true;
  }

  #parseEndpoint(): Endpoint | undefined {
    let serviceName: string | undefined;
    let ipv4: string | undefined;
    let ipv6: string | undefined;
    let port = 0;
    for (let key = this.field(); key !== 0; key = this.field()) {
      if (key === IPV4) {
        const start = this.take(4);
        if (!isZero(this.bytes, start, start + 4)) ipv4 = parseIpBytes(this.bytes.subarray(start, start + 4))?.text;
      } else if (key === PORT) {
        const start = this.take(2);
        // Thrift has no unsigned integers: a port above 32767 arrives as a negative one.
        port = (this.bytes[start]! << 8) | this.bytes[start + 1]!;
      } else if (key === SERVICE_NAME) serviceName = this.name();
      else if (key === IPV6) {
        const length = this.length();
        const start = this.take(length);
        const address = length === 16 ? parseIpBytes(this.bytes.subarray(start, start + 16)) : undefined;
        if (address?.family === 'ipv6') ipv6 = address.text;
        else if (address !== undefined) ipv4 = address.text;
      } else this.skip(key >> 16);
    }
    return makeEndpoint(serviceName, ipv4, ipv6, port === 0 ? undefined : port);
  }
}

interface RecentEndpoint {
  readonly raw: Uint8Array;
  /** `raw` four bytes at a time, as far as that goes: thirteen comparisons a span make this worth it. */
  readonly words: Int32Array;
  readonly endpoint: Endpoint | undefined;
}

function wordsOf(raw: Uint8Array): Int32Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Int32Array.from({ length: raw.length >> 2 }, (_, i) => view.getInt32(i * 4));
}
