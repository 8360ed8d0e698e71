import type { Endpoint } from '@tracekin/model';
import { ByteWriter } from '../native/byte-writer.ts';
import { formatAddress } from './endpoint-text.ts';

/** A String column of addresses. The spans of a message mostly share one endpoint object, whose bytes are then copied. */
export class AddressColumn {
  readonly text: ByteWriter = new ByteWriter();
  #last: Endpoint | undefined;
  #start = 0;
  #end = 0;

  push(endpoint: Endpoint | undefined): void {
    const { text } = this;
    if (endpoint === undefined) {
      text.uint8(0);
    } else if (endpoint === this.#last) {
      const size = this.#end - this.#start;
      text.reserve(size);
      text.bytes.copyWithin(text.length, this.#start, this.#end);
      text.length += size;
    } else {
      this.#start = text.length;
      text.string(formatAddress(endpoint));
      this.#end = text.length;
      this.#last = endpoint;
    }
  }

  reset(): void {
    this.text.reset();
    this.#last = undefined;
  }
}
