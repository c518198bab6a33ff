import { type Output } from './output.js';
import { formatSize } from './size.js';

/** Milliseconds before which nothing is shown, and between two showings. */
const PATIENCE = 500;
const INTERVAL = 200;

/** How far a long transfer is, on one line of a terminal that is wiped at the end. Elsewhere nothing is shown. */
export class Progress {
  readonly #output: Output;
  readonly #total: bigint | undefined;
  readonly #began = performance.now();
  #shown = 0;

  /** @param total Bytes, where it is known. */
  constructor(output: Output, total: bigint | undefined) {
    this.#output = output;
    this.#total = total;
  }

  /** @param done Bytes so far. */
  update(done: bigint): void {
    const now = performance.now();
    if (!this.#output.isTerminal || now - this.#began < PATIENCE || now - this.#shown < INTERVAL) return;
    this.#shown = now;
    const rate = formatSize(BigInt(Math.round(Number(done) / ((now - this.#began) / 1000))));
    const share = this.#total === undefined || this.#total === 0n ? '' : `${((done * 100n) / this.#total).toString().padStart(3)} %  `;
    this.#output.control(`\r\x1b[K${share}${formatSize(done)}  ${rate}/s`);
  }

  end(): void {
    if (this.#shown > 0) this.#output.control('\r\x1b[K');
  }
}
