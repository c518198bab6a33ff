/** Random numbers that a seed settles: the same on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to 1, 1 excluded. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 to `below`, that excluded. */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  byte(): number {
    return this.int(256);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.byte()));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the values; one that stands there twice comes twice as often. */
  pick<T>(...values: readonly [T, ...T[]]): T {
    return values[this.int(values.length)] ?? values[0];
  }

  /** Bits turned over here and there. */
  mutate(bytes: Buffer, probability: number): Buffer {
    while (this.chance(probability)) {
      const at = this.int(bytes.length);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << this.int(8)), at);
    }
    return bytes;
  }
}

/** A big-endian number of so many bytes, its higher bits cut off. */
export const bigEndian = (value: number | bigint, bytes: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return buffer.subarray(8 - bytes);
};
