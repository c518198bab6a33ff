/** Bytes of a logical block of the devices these tests write to. */
export const BLOCK = 512;

/** What a block holds that was written as the `sequence`-th of a run: the two numbers, over and over. */
export const blockOf = (lba: number, sequence: number): Uint8Array => {
  const block = new Uint8Array(BLOCK);
  const view = new DataView(block.buffer);
  for (let at = 0; at < BLOCK; at += 8) {
    view.setUint32(at, lba);
    view.setUint32(at + 4, sequence);
  }
  return block;
};

/** The sequence number of a block's content; undefined for one that was not written as a whole, or belongs elsewhere. */
export const sequenceOf = (lba: number, block: Uint8Array): number | undefined => {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const sequence = view.getUint32(4);
  const expected = sequence === 0 ? new Uint8Array(BLOCK) : blockOf(lba, sequence);
  return Buffer.compare(expected, block) === 0 ? sequence : undefined;
};

interface Entry {
  /** What the device has acknowledged last. */
  certain: number;
  /** Writes whose answer has not come: each may be there or not. */
  open: Set<number>;
}

/** What has been written to a device, by one writer for each block, and what must be there after a crash. */
export class Ledger {
  readonly #entries = new Map<number, Entry>();
  #sequence = 0;
  #acknowledged = 0;

  /** Writes acknowledged so far. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  get lbas(): Iterable<number> {
    return this.#entries.keys();
  }

  /** Notes a write before it is sent. Returns its number, which {@link blockOf} makes the content of. */
  issue(lba: number, blocks: number): number {
    const sequence = (this.#sequence += 1);
    for (let at = lba; at < lba + blocks; at++) this.#entry(at).open.add(sequence);
    return sequence;
  }

  /** The device has said that the write is stable. Older writes to the same blocks that had no answer are under it. */
  acknowledge(lba: number, blocks: number, sequence: number): void {
    this.#acknowledged += 1;
    for (let at = lba; at < lba + blocks; at++) {
      const entry = this.#entry(at);
      entry.certain = sequence;
      entry.open.clear();
    }
  }

  /** What may be found at a block; nothing else may. */
  allowed(lba: number): ReadonlySet<number> {
    const { certain, open } = this.#entry(lba);
    return new Set([certain, ...open]);
  }

  /** Takes what was found after a crash for what is there: what had no answer is settled by it. */
  settle(lba: number, sequence: number): void {
    const entry = this.#entry(lba);
    entry.certain = sequence;
    entry.open.clear();
  }

  #entry(lba: number): Entry {
    let entry = this.#entries.get(lba);
    if (entry === undefined) this.#entries.set(lba, (entry = { certain: 0, open: new Set() }));
    return entry;
  }
}
