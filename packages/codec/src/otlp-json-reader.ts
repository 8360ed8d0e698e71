import { jsonFields } from './json-fields.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, JsonReader, OPEN_BRACE, OPEN_BRACKET } from './json-reader.ts';
import { jsonText } from './json-text.ts';
import { tooDeep } from './limits.ts';
import type { OtlpAttribute } from './otlp-span.ts';

/** Protobuf's JSON allows both spellings of a name; `jsonFields` gives even and odd indexes for them. */
export const otlpFields = (names: readonly string[]): ((input: JsonReader) => number) =>
  jsonFields(names.flatMap(name => [name, name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)]));

const keyValueField = jsonFields(['key', 'value']);
const anyValueField = otlpFields([
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
]);
const listField = otlpFields(['values']);

/** Reads what OTLP's JSON is made of: objects with either spelling of their fields, and attributes. */
export class OtlpJsonReader extends JsonReader {
  /** Reads an object: `read` gets half of the field's index, -1 for an unknown one, and says whether it took the value. */
  object(fieldOf: (input: JsonReader) => number, read: (field: number) => boolean): void {
    this.expect(OPEN_BRACE, '');
    if (this.closes(CLOSE_BRACE)) return;
    do {
      const field = fieldOf(this) >> 1;
      if (!this.takeNull() && !read(field)) this.skipValue();
    } while (this.another(CLOSE_BRACE));
  }

  array(read: () => void): void {
    this.expect(OPEN_BRACKET, '');
    if (this.closes(CLOSE_BRACKET)) return;
    do read();
    while (this.another(CLOSE_BRACKET));
  }

  /** KeyValues as attributes with text; always true, to be the result of a field reader. */
  attributes(out: OtlpAttribute[]): boolean {
    this.array(() => {
      let key = '';
      let value = '';
      this.expect(OPEN_BRACE, '.attributes');
      if (!this.closes(CLOSE_BRACE)) {
        do {
          const field = keyValueField(this);
          if (this.takeNull()) continue;
          if (field === 0) key = this.text('.attributes[].key');
          else if (field === 1) value = this.#anyValue(false, 0);
          else this.skipValue();
        } while (this.another(CLOSE_BRACE));
      }
      if (key !== '') out.push({ key, value });
    });
    return true;
  }

  /** A KeyValue as `"key":value`. */
  jsonMember(depth: number): string {
    let key = '';
    let value = 'null';
    this.expect(OPEN_BRACE, '.attributes');
    if (!this.closes(CLOSE_BRACE)) {
      do {
        const field = keyValueField(this);
        if (this.takeNull()) continue;
        if (field === 0) key = this.text('.attributes[].key');
        else if (field === 1) value = this.#anyValue(true, depth);
        else this.skipValue();
      } while (this.another(CLOSE_BRACE));
    }
    return `${jsonText(key)}:${value}`;
  }

  /** An AnyValue as JSON, or as text: then strings and bytes are without quotes. */
  #anyValue(asJson: boolean, depth: number): string {
    if (depth > this.limits.maxDepth) tooDeep(this.limits);
    let value = asJson ? 'null' : '';
    this.object(anyValueField, field => {
      switch (field) {
        case 0:
        case 6: {
          const text = this.text('.value');
          value = asJson ? jsonText(text) : text;
          return true;
        }
        case 1:
          value = String(this.boolean('.value.boolValue'));
          return true;
        case 2:
        case 3: {
          const text = this.text('.value');
          // Numbers arrive as strings too, and a double may be `NaN` or `Infinity`, which JSON has not.
          value = asJson && !/^-?[0-9.]+(?:[eE][+-]?[0-9]+)?$/.test(text) ? jsonText(text) : text;
          return true;
        }
        case 4:
          value = `[${this.#list(() => this.#anyValue(true, depth + 1))}]`;
          return true;
        case 5:
          value = `{${this.#list(() => this.jsonMember(depth + 1))}}`;
          return true;
        default:
          return false;
      }
    });
    return value;
  }

  #list(read: () => string): string {
    const items: string[] = [];
    this.object(listField, field => {
      if (field !== 0) return false;
      this.array(() => items.push(read()));
      return true;
    });
    return items.join(',');
  }
}
