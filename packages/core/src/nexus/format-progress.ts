/** How far a FORMAT UNIT is (SPC-5 4.4.2.4.3). */
export class FormatProgress {
  readonly #total: number;
  #done = 0;
  readonly #ended: () => void;

  /** `total` in bytes; `ended` is called once, when the medium is formatted or has failed. */
  constructor(total: number, ended: () => void) {
    this.#total = total;
    this.#ended = ended;
  }

  /** In units of 1/65536. */
  get progress(): number {
    return Math.min(Math.floor((this.#done / this.#total) * 0x1_0000), 0xffff);
  }

  advance(bytes: number): void {
    this.#done += bytes;
  }

  end(): void {
    this.#ended();
  }
}
