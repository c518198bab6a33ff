import type { IscsiEnvironment } from '../environment.js';
import type { ByteSink } from './read-into.js';

/** Arrivals that may fail to come in time before polling is given up. */
const MOST_MISSES = 8;
/** Polling is taken up again when bytes follow each other within so many times the patience. */
const NEAR = 4;

/**
 * Keeps the event loop awake for some microseconds after bytes came: an initiator that waits for each answer sends the next command
 * about then, and putting the process to sleep and waking it takes longer than executing that. Where bytes keep not coming in that
 * time, it is given up until they follow each other closely again; with no traffic nothing is done.
 */
export class BusyPoll {
  readonly #patience: number;
  readonly #environment: IscsiEnvironment;
  #last = -Infinity;
  #isPolling = false;
  #misses = 0;

  /** `patience` in milliseconds; 0: never. */
  constructor(patience: number, environment: IscsiEnvironment) {
    this.#patience = patience;
    this.#environment = environment;
  }

  /** The sink, whose bytes are noticed once it has dealt with them. */
  watch(sink: ByteSink): ByteSink {
    return {
      get inbox() {
        return sink.inbox;
      },
      received: (count) => {
        sink.received(count);
        this.arrived();
      },
      receive: (chunk) => {
        sink.receive(chunk);
        this.arrived();
      },
    };
  }

  /** Bytes came and have been dealt with. */
  arrived(): void {
    const patience = this.#patience;
    if (patience === 0) return;
    const now = this.#environment.now();
    const isNear = now - this.#last <= patience * NEAR;
    this.#last = now;
    if (this.#isPolling || isNear) this.#misses = 0;
    if (this.#isPolling || this.#misses >= MOST_MISSES) return;
    this.#isPolling = true;
    this.#environment.defer(this.#look);
  }

  readonly #look = (): void => {
    if (this.#environment.now() - this.#last < this.#patience) {
      this.#environment.defer(this.#look);
      return;
    }
    this.#isPolling = false;
    this.#misses++;
  };
}
