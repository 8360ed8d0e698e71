/**
 * IP addresses by hand, because the model also runs in a browser. Text grammar: IPv4 is four decimal octets without
 * leading zeros; IPv6 is RFC 4291 section 2.2, with an embedded IPv4 tail allowed, without a zone. Output is dotted decimal
 * or RFC 5952.
 */

/** An address in the field of `Endpoint` that it belongs to. */
export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly text: string;
}

/** Whether the text is an IPv4 address. Such text is canonical: there is one way to write each address. */
export function isIpv4(text: string): boolean {
  return isIpv4At(text, 0);
}

function isIpv4At(text: string, start: number): boolean {
  const length = text.length;
  if (length - start < 7 || length - start > 15) return false;
  let octets = 0;
  let value = 0;
  let digits = 0;
  for (let i = start; i <= length; i++) {
    const code = i === length ? 46 : text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0 || ++octets > 4) return false;
      value = 0;
      digits = 0;
    } else if (code >= 48 && code <= 57) {
      if (digits > 0 && value === 0) return false;
      value = value * 10 + code - 48;
      if (value > 255) return false;
      digits++;
    } else {
      return false;
    }
  }
  return octets === 4;
}

/**
 * Parses either family. IPv4-mapped (`::ffff:1.2.3.4`) and IPv4-compatible (`::1.2.3.4`) addresses are returned as IPv4,
 * except `::` and `::1`. Undefined for anything that is not an address: callers ignore it (zipkin.md 7.1).
 */
export function parseIp(text: string): IpAddress | undefined {
  if (isIpv4(text)) return { family: 'ipv4', text };
  const groups = parseIpv6Groups(text);
  return groups === undefined ? undefined : classify(groups);
}

/** As `parseIp`, for 4 or 16 bytes in network order. Undefined for another length. */
export function parseIpBytes(bytes: Uint8Array): IpAddress | undefined {
  if (bytes.length === 4) return { family: 'ipv4', text: `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` };
  if (bytes.length !== 16) return undefined;
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i]! << 8) | bytes[i + 1]!);
  return classify(groups);
}

/** The bytes of a canonical address of either family, for binary encoders. Undefined when it is not an address. */
export function ipToBytes(text: string): Uint8Array | undefined {
  if (isIpv4(text)) return Uint8Array.from(text.split('.'), Number);
  const groups = parseIpv6Groups(text);
  if (groups === undefined) return undefined;
  return Uint8Array.from(groups.flatMap(group => [group >> 8, group & 0xff]));
}

function classify(groups: readonly number[]): IpAddress {
  const high = groups[6]!;
  const low = groups[7]!;
  const mapped = groups[5] === 0xffff;
  const embeds = groups.slice(0, 5).every(group => group === 0) && (mapped || groups[5] === 0);
  // `::` and `::1` have the form of compatible addresses but are the unspecified and the loopback address.
  if (embeds && (mapped || high !== 0 || low > 1)) {
    return { family: 'ipv4', text: `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}` };
  }
  return { family: 'ipv6', text: formatIpv6(groups) };
}

/** Eight 16-bit groups, or undefined when the text is not an IPv6 address. */
function parseIpv6Groups(text: string): number[] | undefined {
  if (text.length < 2 || text.length > 45) return undefined;
  let body = text;
  const tail: number[] = [];
  if (text.includes('.')) {
    const start = text.lastIndexOf(':') + 1;
    if (start === 0 || !isIpv4At(text, start)) return undefined;
    const octets = text.slice(start).split('.').map(Number);
    tail.push((octets[0]! << 8) | octets[1]!, (octets[2]! << 8) | octets[3]!);
    // The colon before the tail separates it, unless it is the second one of `::`.
    body = text.endsWith('::', start) ? text.slice(0, start) : text.slice(0, start - 1);
  }
  const gap = body.indexOf('::');
  if (gap !== body.lastIndexOf('::')) return undefined;
  const before = parseGroups(gap < 0 ? body : body.slice(0, gap));
  const after = gap < 0 ? [] : parseGroups(body.slice(gap + 2));
  if (before === undefined || after === undefined) return undefined;
  const known = before.length + after.length + tail.length;
  // `::` stands for at least one group.
  if (gap < 0 ? known !== 8 : known > 7) return undefined;
  return [...before, ...Array<number>(8 - known).fill(0), ...after, ...tail];
}

const GROUP = /^[0-9a-fA-F]{1,4}$/;

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    if (!GROUP.test(part)) return undefined;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

/** RFC 5952 section 4: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function formatIpv6(groups: readonly number[]): string {
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; ) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > runLength) {
      runStart = i;
      runLength = end - i;
    }
    i = Math.max(end, i + 1);
  }
  const hex = groups.map(group => group.toString(16));
  if (runStart < 0) return hex.join(':');
  return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`;
}
