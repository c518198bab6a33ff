import { type TransportError } from '@scst/scsi';
import type { Descriptors } from './descriptors.js';
import type { CommandTarget, SgCommand } from './sg-command.js';

/** Commands of one device: so many at a time, the others in the order of their task attributes (SAM-6 8.2). */
export class CommandQueue {
  readonly #target: CommandTarget;
  readonly #depth: number;
  readonly #descriptors: Descriptors;
  #waiting: SgCommand[] = [];
  #inFlight = 0;
  /** A command of the attribute ORDERED is under way: those after it wait for its end. */
  #barrier = false;
  #waitsForSlot = false;
  #onIdle: (() => void)[] = [];

  constructor(target: CommandTarget, descriptors: Descriptors, depth: number) {
    this.#target = target;
    this.#depth = depth;
    this.#descriptors = descriptors;
  }

  add(command: SgCommand): void {
    command.onEnded = this.#ended;
    if (command.first) this.#waiting.unshift(command);
    else this.#waiting.push(command);
    this.#startNext();
  }

  /** Fails every command that has not gone to the kernel. */
  failWaiting(error: () => TransportError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const command of waiting) command.fail(error());
  }

  /** Resolves when no command is under way. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  readonly #ended = (command: SgCommand): void => {
    this.#inFlight--;
    this.#descriptors.release(command.fd);
    if (command.ordered) this.#barrier = false;
    this.#startNext();
    if (this.#inFlight > 0) return;
    const idle = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of idle) resolve();
  };

  #startNext(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.settled) {
        // Aborted before it had started: the kernel never sees it.
        this.#waiting.shift();
        continue;
      }
      if (this.#inFlight >= this.#depth || this.#barrier || (next.ordered && this.#inFlight > 0)) return;
      const slot = this.#target.pool.acquire();
      if (slot === undefined) {
        this.#waitForSlot();
        return;
      }
      this.#waiting.shift();
      this.#inFlight++;
      if (next.ordered) this.#barrier = true;
      next.start(slot, this.#descriptors.acquire());
    }
  }

  #waitForSlot(): void {
    if (this.#waitsForSlot) return;
    this.#waitsForSlot = true;
    this.#target.pool.onFree(() => {
      this.#waitsForSlot = false;
      this.#startNext();
    });
  }
}
