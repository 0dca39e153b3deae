// Frames between root and a process of a person's account: a JSON head and raw bytes, both bounded. Each side distrusts the other.

/** A head over this, or a body over that, ends the conversation (bytes). */
export const maxHeadBytes = 1_048_576;
export const maxBodyBytes = 1_048_576;

export type Frame = { head: unknown; body: Buffer };

/** One frame as bytes. */
export function encodeFrame(head: unknown, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const text = Buffer.from(JSON.stringify(head), "utf8");
  if (text.length > maxHeadBytes || body.length > maxBodyBytes)
    throw new Error(`a frame of ${text.length} + ${body.length} bytes: accepted are ${maxHeadBytes} + ${maxBodyBytes}`);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(text.length, 0);
  sizes.writeUInt32BE(body.length, 4);
  return Buffer.concat([sizes, text, body]);
}

/** Frames out of a stream of bytes. Throws where a frame is over its bounds or its head is no JSON. */
export class FrameReader {
  #parts: Buffer[] = [];
  #length = 0;

  /** Takes bytes and gives the frames that are whole now. */
  *push(bytes: Buffer): Generator<Frame> {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    while (this.#length >= 8) {
      const sizes = this.#peek(8);
      const head = sizes.readUInt32BE(0);
      const body = sizes.readUInt32BE(4);
      if (head > maxHeadBytes || body > maxBodyBytes)
        throw new Error(`a frame of ${head} + ${body} bytes: accepted are ${maxHeadBytes} + ${maxBodyBytes}`);
      if (this.#length < 8 + head + body) return;
      this.#take(8);
      const text = this.#take(head).toString("utf8");
      yield { head: JSON.parse(text) as unknown, body: this.#take(body) };
    }
  }

  #peek(count: number): Buffer {
    const first = this.#parts[0];
    if (first !== undefined && first.length >= count) return first;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }

  #take(count: number): Buffer {
    const all = this.#peek(count);
    this.#length -= count;
    const taken = all.subarray(0, count);
    if (all.length === count) this.#parts.shift();
    else this.#parts[0] = all.subarray(count);
    return taken;
  }
}
