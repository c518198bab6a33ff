/**
 * A stream of bytes as pieces of one size; the last may be shorter. A piece is valid until the next one is asked for.
 *
 * @param most Bytes after which the stream is not read on.
 */
export async function* chunksOf(source: AsyncIterable<Uint8Array>, size: number, most = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(size);
  let filled = 0;
  let left = most;
  for await (const piece of source) {
    let rest = piece.subarray(0, Math.min(piece.length, left));
    left -= rest.length;
    while (rest.length > 0) {
      const part = rest.subarray(0, size - filled);
      buffer.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled < size) break;
      yield buffer;
      filled = 0;
    }
    if (left === 0) break;
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
