import { type Annotation, type Endpoint, type Kind, type Span, setTag } from '@tracekin/model';
import { formatHex32 } from './hex-words.ts';
import { sharedOf } from './span-of.ts';
import type { TagShape } from './tag-shapes.ts';
import { textFromBytes } from './text-from-bytes.ts';

/** Words of a span's ids in `RawMessage.ids`, each id as its halves, the high one first; zeros where it is absent. */
export const ID_WORDS = 8;
export const TRACE_HIGH = 0;
export const TRACE_LOW = 2;
export const SPAN_ID = 4;
export const PARENT_ID = 6;

/** What the spans of one message share. */
export interface RawMessage {
  readonly bytes: Uint8Array;
  /** `ID_WORDS` a span. */
  readonly ids: Uint32Array;
  /** Start and end in `bytes` of each tag's value, in the order of the message. The text between them is plain ASCII. */
  readonly places: Uint32Array;
}

/**
 * A span whose ids are numbers and whose tags are still bytes of its message: most spans are written to a storage that
 * wants both in that form, and texts and objects that nobody asks for cost more than all other work of decoding. Reads as
 * any other span, but ids and tags are no own properties of it (spreading it loses them). Keeps its message in memory.
 */
export class RawSpan implements Span {
  readonly message: RawMessage;
  /** Number of the span in its message. */
  readonly index: number;
  readonly hasLongTraceId: boolean;
  readonly kind: Kind | undefined;
  readonly name: string | undefined;
  readonly timestamp: number | undefined;
  readonly duration: number | undefined;
  readonly localEndpoint: Endpoint | undefined;
  readonly remoteEndpoint: Endpoint | undefined;
  readonly annotations: readonly Annotation[] | undefined;
  readonly debug: true | undefined;
  readonly shared: true | undefined;
  /** The keys of tags that are still bytes. */
  readonly tagShape: TagShape | undefined;
  /** Where the first tag's place is in `RawMessage.places`. */
  readonly tagsAt: number;
  #tags: Readonly<Record<string, string>> | undefined;

  constructor(
    message: RawMessage,
    index: number,
    hasLongTraceId: boolean,
    kind: Kind | undefined,
    name: string | undefined,
    timestamp: number | undefined,
    duration: number | undefined,
    localEndpoint: Endpoint | undefined,
    remoteEndpoint: Endpoint | undefined,
    annotations: readonly Annotation[] | undefined,
    debug: boolean,
    shared: boolean,
    tagShape: TagShape | undefined,
    tagsAt: number,
    tags: Readonly<Record<string, string>> | undefined,
  ) {
    this.message = message;
    this.index = index;
    this.hasLongTraceId = hasLongTraceId;
    this.kind = kind;
    this.name = name;
    this.timestamp = timestamp;
    this.duration = duration;
    this.localEndpoint = localEndpoint;
    this.remoteEndpoint = remoteEndpoint;
    this.annotations = annotations;
    this.debug = debug ? true : undefined;
    this.shared = sharedOf(shared, kind);
    this.tagShape = tagShape;
    this.tagsAt = tagsAt;
    this.#tags = tags;
  }

  get traceId(): string {
    const low = this.#id(TRACE_LOW);
    return this.hasLongTraceId ? this.#id(TRACE_HIGH) + low : low;
  }

  get id(): string {
    return this.#id(SPAN_ID);
  }

  get parentId(): string | undefined {
    const at = this.index * ID_WORDS + PARENT_ID;
    const { ids } = this.message;
    return ids[at] === 0 && ids[at + 1] === 0 ? undefined : this.#id(PARENT_ID);
  }

  get tags(): Readonly<Record<string, string>> | undefined {
    if (this.#tags === undefined && this.tagShape !== undefined) this.#tags = this.#readTags(this.tagShape);
    return this.#tags;
  }

  #id(word: number): string {
    const at = this.index * ID_WORDS + word;
    const { ids } = this.message;
    return formatHex32(ids[at]!) + formatHex32(ids[at + 1]!);
  }

  #readTags(shape: TagShape): Record<string, string> {
    const { bytes, places } = this.message;
    const { keys, order } = shape.sorted();
    const tags: Record<string, string> = {};
    for (const index of order) {
      const at = this.tagsAt + 2 * index;
      setTag(tags, keys[index]!, textFromBytes(bytes, places[at]!, places[at + 1]!));
    }
    return tags;
  }
}
