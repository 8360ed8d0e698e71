class SpanReader extends ThriftReader {
  /** The last few endpoints: thrift repeats one in every annotation. */
  readonly #recent: RecentEndpoint[] = [];
  readonly #view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);

  span(): V1Span {
    let traceId: string | undefined;
    let traceIdHigh = '';
    let parentId: string | undefined;
    let id: string | undefined;
    let name: string | undefined;
    let timestamp: number | undefined;
    let duration: number | undefined;
    let debug = false;
    const annotations: V1Annotation[] = [];
    const binaryAnnotations: V1BinaryAnnotation[] = [];
    for (let key = this.field(); key !== 0; key = this.field()) {
      if (key === TRACE_ID) traceId = this.#id();
      else if (key === TRACE_ID_HIGH) traceIdHigh = this.#id() ?? '';
      else if (key === ID) id = this.#id();
      else if (key === PARENT_ID) parentId = this.#id();
      else if (key === NAME) name = this.#name();
      else if (key === TIMESTAMP) timestamp = normalizeMicros('timestamp', this.int64('timestamp'));
      else if (key === DURATION) duration = normalizeMicros('duration', this.int64('duration'));
      else if (key === DEBUG) debug = this.byte() === 1;
      else if (key === ANNOTATIONS) {
        for (let left = this.listLength(); left > 0; left--) this.#annotation(annotations);
      } else if (key === BINARY_ANNOTATIONS) {
        for (let left = this.listLength(); left > 0; left--) this.#binaryAnnotation(binaryAnnotations);
      } else this.skip(key >> 16);
    }
    if (traceId === undefined) refuse('traceId == 0');
    if (id === undefined) refuse('id == 0');
    traceId = traceIdHigh + traceId;
    return { traceId, parentId, id, name, timestamp, duration, annotations, binaryAnnotations, debug };
  }

  /** Sixteen hex characters, or undefined for zero. */
  #id(): string | undefined {
    const start = this.take(8);
    return isZero(this.bytes, start, start + 8) ? undefined : hexOfEight(this.bytes, start);
  }

  #text(): string {
    const length = this.length();
    const start = this.take(length);
    return cachedText(this.bytes, start, start + length);
  }

  #name(): string | undefined {
    const length = this.length();
    const start = this.take(length);
    return cachedName(this.bytes, start, start + length);
  }

  #annotation(out: V1Annotation[]): void {
    let timestamp = 0;
    let value: string | undefined;
    let endpoint: Endpoint | undefined;
    for (let key = this.field(); key !== 0; key = this.field()) {
      if (key === field(I64, 1)) timestamp = this.int64('annotation.timestamp');
      else if (key === field(STRING, 2)) value = this.#text();
      else if (key === field(STRUCT, 3)) endpoint = this.#endpoint();
      else this.skip(key >> 16);
    }
    if (timestamp > 0 && value !== undefined) out.push({ timestamp, value, endpoint });
  }

  #binaryAnnotation(out: V1BinaryAnnotation[]): void {
    let key: string | undefined;
    let value: string | undefined;
    let type = -1;
    let endpoint: Endpoint | undefined;
    for (let at = this.field(); at !== 0; at = this.field()) {
      if (at === field(STRING, 1)) key = this.#text();
      else if (at === field(STRING, 2)) value = this.#text();
      else if (at === field(I32, 3)) type = this.int32();
      else if (at === field(STRUCT, 4)) endpoint = this.#endpoint();
      else this.skip(at >> 16);
    }
    if (key === undefined || value === undefined) return;
    if (type === STRING_VALUE) out.push({ key, value, endpoint });
    else if (type === BOOL_VALUE && value === '\u0001' && endpoint !== undefined && isAddress(key))
      out.push({ key, value: undefined, endpoint });
  }

  /** Equal bytes are an equal endpoint: a struct ends with its stop byte, so it has no equal prefix that means another. */
  #endpoint(): Endpoint | undefined {
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
      if (key === field(I32, 1)) {
        const start = this.take(4);
        if (!isZero(this.bytes, start, start + 4)) ipv4 = parseIpBytes(this.bytes.subarray(start, start + 4))?.text;
      } else if (key === field(I16, 2)) {
        const start = this.take(2);
        // Thrift has no unsigned integers: a port above 32767 arrives as a negative one.
        port = (this.bytes[start]! << 8) | this.bytes[start + 1]!;
      } else if (key === field(STRING, 3)) serviceName = this.#name();
      else if (key === field(STRING, 4)) {
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

function isAddress(key: string): boolean {
  return key === 'sa' || key === 'ca' || key === 'ma';
}
