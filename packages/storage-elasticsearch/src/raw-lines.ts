import { ID_WORDS, PARENT_ID, type RawSpan, SPAN_ID, TRACE_HIGH, TRACE_LOW } from '@tracekin/codec';
import { Constants, type Piece, type ShapePieces } from './kernel/constants.ts';
import { putId, putNumber } from './kernel/digits.ts';
import { type DocumentKernel, documentKernel, overrun } from './kernel/document-kernel.ts';
import { type FixedPieces, fixedPieces } from './kernel/fixed-pieces.ts';
import { idDigits, idForms } from './kernel/id-forms.ts';
import {
  constantsAt,
  constantsBytes,
  formBytes,
  hexAt,
  lengthsAt,
  linePiecesAt,
  linesAt,
  longestMessage,
  longestText,
  messageAt,
  numberBytes,
  numbersAt,
  pages,
  piecesBytes,
  scratchAt,
  scratchBytes,
  textBytes,
  textPiecesAt,
  textsAt,
} from './kernel/layout.ts';
import { lanes } from './kernel/md5-lanes.ts';
import type { LineRuns } from './line-runs.ts';
import { longestTerm } from './span-document.ts';

/** All members but the texts of names, endpoints and tags. */
const fixedBytes = 512;
const nothing: Piece = { at: 0, length: 0 };

/** Which index the lines go to. */
export interface LineForm {
  readonly index: string;
  readonly joined: boolean;
  /** The action up to the id; the prefix of an index may be any text. UTF-8. */
  readonly beforeId: Uint8Array;
}

/**
 * Lines of spans that the decoder left as bytes: the same as `SpanLines` writes of any span, in a fraction of the time. Texts are put together and
 * hashed in the memory of a WebAssembly kernel, four at a time, which neither buffers nor objects are made for.
 */
export class RawLines {
  readonly #kernel: DocumentKernel;
  readonly #memory: Uint8Array;
  readonly #words: Int32Array;
  readonly #searchable: boolean;
  readonly #constants: Constants;
  #fixed: FixedPieces;
  #beforeId = nothing;
  #form: LineForm | undefined;
  #message: Uint8Array | undefined;
  #isMessageUsual = false;
  /** Where the next piece is noted, in words. */
  #next = 0;
  /** Texts that wait for the others of their group, and the number of pieces of the lines of each. */
  #waiting = 0;
  readonly #linePieces = new Int32Array(lanes);

  /** Undefined where the platform cannot run the kernel. */
  static make(searchable: boolean): RawLines | undefined {
    const kernel = documentKernel(pages);
    return kernel && new RawLines(kernel, searchable);
  }

  private constructor(kernel: DocumentKernel, searchable: boolean) {
    this.#kernel = kernel;
    this.#memory = kernel.memory;
    this.#words = new Int32Array(kernel.memory.buffer);
    this.#searchable = searchable;
    this.#constants = new Constants(kernel.memory, constantsAt, constantsAt + constantsBytes);
    this.#fixed = fixedPieces(this.#constants);
    for (let lane = 0; lane < lanes; lane++) {
      for (const [form, { text }] of idForms.entries())
        this.#memory.set(Buffer.from(text), scratchAt + lane * scratchBytes + form * formBytes);
    }
  }

  /** False when it has to be written in another way. Else its lines are there after the next `flush`. */
  add(span: RawSpan, form: LineForm, to: LineRuns): boolean {
    const { message, tagShape } = span;
    if (span.annotations !== undefined || (tagShape === undefined && span.tags !== undefined)) return false;
    if (message.bytes !== this.#message) this.#takeMessage(message.bytes, to);
    if (!this.#isMessageUsual) return false;
    if (form !== this.#form || this.#constants.isFull) this.#takeForm(form, to);
    const constants = this.#constants;
    const name = span.name === undefined ? nothing : constants.name(span.name);
    const { localEndpoint, remoteEndpoint } = span;
    const local = localEndpoint === undefined ? nothing : constants.localEndpoint(localEndpoint);
    const remote = remoteEndpoint === undefined ? nothing : constants.remoteEndpoint(remoteEndpoint);
    if (name === null || local === null || remote === null) return false;
    let size = fixedBytes + name.length + local.length + remote.length;
    let shape: ShapePieces | undefined;
    if (tagShape !== undefined) {
      const found = constants.shape(tagShape);
      if (found === null) return false;
      shape = found;
      const { places } = message;
      const { tagsAt } = span;
      for (const index of shape.order) size += 2 * (places[tagsAt + 2 * index + 1]! - places[tagsAt + 2 * index]!);
      size += shape.size;
    }
    if (size > longestText || (this.#searchable && span.timestamp !== undefined && span.timestamp < 1000)) return false;
    this.#write(span, shape, name, local, remote);
    if (this.#waiting === lanes) this.flush(to);
    return true;
  }

  /** The message of the spans before may be gone. Call before the first span of each. */
  begin(): void {
    this.#message = undefined;
    this.#waiting = 0;
  }

  /** Hashes the texts that wait and writes their lines. */
  flush(to: LineRuns): void {
    const count = this.#waiting;
    if (count === 0) return;
    const { index, joined } = this.#form!;
    const words = this.#words;
    for (let lane = count; lane < lanes; lane++) words[lengthsAt / 4 + lane] = 0;
    this.#kernel.md5(lengthsAt, textsAt, textBytes, hexAt);
    let end = linesAt;
    // Ends of lines, where the lengths were.
    for (let lane = 0; lane < count; lane++) {
      end = this.#kernel.gather(linePiecesAt + lane * piecesBytes, this.#linePieces[lane]!, end);
      words[lengthsAt / 4 + lane] = end - linesAt;
    }
    const start = to.room(end - linesAt);
    to.block.set(this.#memory.subarray(linesAt, end), start);
    for (let lane = 0; lane < count; lane++) to.added(index, joined, start + words[lengthsAt / 4 + lane]!);
    this.#waiting = 0;
  }

  #takeMessage(bytes: Uint8Array, to: LineRuns): void {
    this.flush(to);
    this.#message = bytes;
    this.#isMessageUsual = bytes.length <= longestMessage;
    if (!this.#isMessageUsual) return;
    this.#memory.set(bytes, messageAt);
    const end = messageAt + bytes.length;
    this.#memory.fill(0x20, end, end + overrun);
    // A control character in a tag has to be escaped, and a DEL has a stand-in where terms are joined.
    this.#isMessageUsual = this.#kernel.controls(messageAt, end) === 0;
  }

  #takeForm(form: LineForm, to: LineRuns): void {
    this.flush(to);
    if (this.#constants.isFull) {
      this.#constants.forget();
      this.#fixed = fixedPieces(this.#constants);
    }
    this.#form = form;
    this.#beforeId = this.#constants.put(form.beforeId);
  }

  /** Puts the text of a document together, and notes the pieces of its lines. */
  #write(span: RawSpan, shape: ShapePieces | undefined, name: Piece, local: Piece, remote: Piece): void {
    const { message, kind, timestamp, duration, tagsAt } = span;
    const { places } = message;
    const fixed = this.#fixed;
    const words = this.#words;
    const lane = this.#waiting++;
    const scratch = scratchAt + lane * scratchBytes;
    const ids = this.#putIds(span, scratch);
    let times = 0;
    let timesLength = 0;
    if (timestamp !== undefined) {
      const timesEnd = scratch + numbersAt + numberBytes;
      times = putNumber(this.#memory, timesEnd, timestamp);
      timesLength = timesEnd - times;
    }

    this.#next = textPiecesAt >> 2;
    let termCount = 0;
    let before = 1;
    if (this.#searchable && timestamp !== undefined) {
      this.#piece(fixed.millis);
      // Milliseconds are the digits of microseconds but for the last three.
      this.#add(times, timesLength - 3);
      before = fixed.millis.length + timesLength - 3;
    } else this.#piece(fixed.open);
    const hasMillis = before > 1;
    const line = (linePiecesAt + lane * piecesBytes) >> 2;
    let lineNext = line + 12;
    if (this.#searchable && shape !== undefined) {
      const { order, keyLengths, firstTerm, nextTerm, firstJoined, nextJoined } = shape;
      const skipped = hasMillis ? 0 : 1;
      for (let i = 0; i < order.length; i++) {
        const place = tagsAt + 2 * order[i]!;
        const valueAt = messageAt + places[place]!;
        const length = messageAt + places[place + 1]! - valueAt;
        if (keyLengths[i]! + 1 + length > longestTerm) continue;
        const [listed, joined] = termCount === 0 ? [firstTerm, firstJoined] : [nextTerm, nextJoined];
        // Nothing is in front of the first term, without milliseconds.
        const skip = termCount === 0 ? skipped : 0;
        this.#add(listed[2 * i]! + skip, listed[2 * i + 1]! - skip);
        this.#add(valueAt, length);
        words[lineNext] = joined[2 * i]! + skip;
        words[lineNext + 1] = joined[2 * i + 1]! - skip;
        words[lineNext + 2] = valueAt;
        words[lineNext + 3] = length;
        lineNext += 4;
        termCount++;
      }
    }
    if (termCount > 0) this.#piece(fixed.endTerms);
    if (termCount > 0 || hasMillis) this.#piece(fixed.comma);
    const text = textsAt + lane * textBytes;
    const tail = this.#kernel.gather(textPiecesAt, (this.#next - (textPiecesAt >> 2)) >> 1, text);

    this.#next = textPiecesAt >> 2;
    this.#add(ids.at, ids.length);
    if (kind !== undefined) this.#piece(fixed.kinds[kind]);
    if (name.length > 0) this.#piece(name);
    if (timestamp !== undefined) {
      this.#piece(fixed.timestamp);
      this.#add(times, timesLength);
    }
    if (duration !== undefined) {
      const end = scratch + numbersAt + 2 * numberBytes;
      const at = putNumber(this.#memory, end, duration);
      this.#piece(fixed.duration);
      this.#add(at, end - at);
    }
    if (local.length > 0) this.#piece(local);
    if (remote.length > 0) this.#piece(remote);
    if (shape !== undefined) {
      const { order, members } = shape;
      for (let i = 0; i < order.length; i++) {
        const place = tagsAt + 2 * order[i]!;
        this.#add(members[2 * i]!, members[2 * i + 1]!);
        this.#add(messageAt + places[place]!, places[place + 1]! - places[place]!);
      }
      this.#piece(fixed.endTags);
    }
    if (span.debug === true) this.#piece(fixed.debug);
    if (span.shared === true) this.#piece(fixed.shared);
    this.#piece(fixed.close);
    const end = this.#kernel.gather(textPiecesAt, (this.#next - (textPiecesAt >> 2)) >> 1, tail);
    words[lengthsAt / 4 + lane] = end - text;

    this.#next = line;
    this.#piece(this.#beforeId);
    this.#add(ids.at + idForms[0]!.traceId, span.hasLongTraceId ? 2 * idDigits : idDigits);
    this.#piece(fixed.dash);
    this.#add(hexAt + lane * 32, 32);
    this.#piece(fixed.afterId);
    if (this.#form!.joined && termCount > 0) {
      this.#add(text, before);
      this.#next = lineNext;
      this.#piece(fixed.endJoined);
      this.#add(tail, end - tail);
    } else this.#add(text, end - text);
    this.#piece(fixed.newline);
    this.#linePieces[lane] = (this.#next - line) >> 1;
  }

  #putIds({ message: { ids }, index, hasLongTraceId }: RawSpan, scratch: number): Piece {
    const word = index * ID_WORDS;
    const hasParent = ids[word + PARENT_ID] !== 0 || ids[word + PARENT_ID + 1] !== 0;
    const number = (hasLongTraceId ? 2 : 0) + (hasParent ? 1 : 0);
    const form = idForms[number]!;
    const at = scratch + number * formBytes;
    const memory = this.#memory;
    let traceId = at + form.traceId;
    if (hasLongTraceId) {
      putId(memory, traceId, ids, word + TRACE_HIGH);
      traceId += idDigits;
    }
    putId(memory, traceId, ids, word + TRACE_LOW);
    if (hasParent) putId(memory, at + form.parentId, ids, word + PARENT_ID);
    putId(memory, at + form.id, ids, word + SPAN_ID);
    return { at, length: form.text.length };
  }

  #piece({ at, length }: Piece): void {
    this.#add(at, length);
  }

  #add(at: number, length: number): void {
    const next = this.#next;
    this.#words[next] = at;
    this.#words[next + 1] = length;
    this.#next = next + 2;
  }
}
