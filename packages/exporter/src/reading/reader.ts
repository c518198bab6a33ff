import { decodeName, parseAttribute, type SysfsEntry, SysfsError, type SysfsTree } from '@scst/sysfs';
import { type Limits } from '../options.js';
import { ReadErrors } from './errors.js';

/** Reads that were given up and have not come back: each still holds a thread or a request. Kept from scrape to scrape. */
export class StuckReads {
  readonly #keys = new Set<string>();
  readonly #most: number;

  /** @param most More than so many at a time and nothing else is begun. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Whether a read must not be begun: it, or too much else, is still under way from before. */
  blocks(key: string): boolean {
    return this.#keys.has(key) || this.#keys.size >= this.#most;
  }

  /** Notes a read that was given up, until it ends. */
  add(key: string, running: Promise<unknown>): void {
    this.#keys.add(key);
    const forget = (): void => {
      this.#keys.delete(key);
    };
    running.then(forget, forget);
  }
}

/** Errnos of what is not there (any more): no failure, but a series less. A server that refuses connections has gone with all it held. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENODEV', 'ENOTDIR', 'ENXIO', 'ECONNREFUSED']);

interface Flight {
  /** When it is given up. */
  readonly until: number;
  giveUp(reason: 'timeout' | 'deadline'): void;
}

/** Milliseconds between looks at what takes too long. */
const WATCH_INTERVAL = 25;

/** How many times as long as an attribute something else may take: it is made of several steps. */
const OTHER_PATIENCE = 5;

/** Milliseconds of reading after which the rest of the process has its turn. */
const SLICE = 5;

/**
 * The reads of one scrape: so many at a time, each bounded in time, all of them by the deadline. A read that takes too long costs what
 * it would have told, and its place goes to the next; it is not begun again while it is under way.
 */
export class TreeReader {
  readonly #tree: SysfsTree;
  readonly #limits: Limits;
  readonly #stuck: StuckReads;
  readonly #signal: AbortSignal;
  readonly #flights = new Set<Flight>();
  /** Those who wait for a place; told false when the deadline has passed. */
  #waiting: ((go: boolean) => void)[] = [];
  #next = 0;
  #running = 0;
  #over = false;
  #rested = performance.now();
  #rest: Promise<void> | undefined;
  readonly #watch: NodeJS.Timeout;
  readonly errors = new ReadErrors();
  /** Attributes, directories and links that were read. */
  reads = 0;

  /**
   * @param timeout Milliseconds until the deadline.
   * @param signal Ends reads for good: only for the end of the program's interest in the tree.
   */
  constructor(tree: SysfsTree, { limits, stuck, signal, timeout }: { limits: Limits; stuck: StuckReads; signal: AbortSignal; timeout: number }) {
    this.#tree = tree;
    this.#limits = limits;
    this.#stuck = stuck;
    this.#signal = signal;
    const deadline = performance.now() + timeout;
    this.#watch = setInterval(() => {
      this.#look(deadline);
    }, Math.min(WATCH_INTERVAL, timeout));
  }

  /** Ends the watching; nothing is read afterwards. */
  end(): void {
    clearInterval(this.#watch);
    this.#over = true;
    this.#refuseWaiting();
    for (const flight of this.#flights) flight.giveUp('deadline');
  }

  /** An attribute's value, without its newline and mark. Undefined when it has gone or could not be read. `kind` names it in error counts. */
  async read(path: string, kind: string): Promise<string | undefined> {
    const bytes = await this.#run(`read ${path}`, kind, () => this.#tree.read(path, { signal: this.#signal }));
    return bytes === undefined || bytes === 'gone' ? undefined : parseAttribute(bytes).value;
  }

  /** An attribute's bytes as they are: for those that hold no text. */
  async bytes(path: string, kind: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#run(`read ${path}`, kind, () => this.#tree.read(path, { signal: this.#signal }));
    return bytes === 'gone' ? undefined : bytes;
  }

  /** An attribute's whole text: for those whose end matters. */
  async text(path: string, kind: string): Promise<string | undefined> {
    const bytes = await this.bytes(path, kind);
    return bytes === undefined ? undefined : decodeName(bytes);
  }

  /** The entries of a directory; none when it has gone; undefined when that is not known. */
  async list(path: string, kind: string): Promise<readonly SysfsEntry[] | undefined> {
    const entries = await this.#run(`list ${path}`, kind, () => this.#tree.list(path, { signal: this.#signal }));
    return entries === 'gone' ? [] : entries;
  }

  /** The last name of a link's target. */
  async linkedName(path: string, kind: string): Promise<string | undefined> {
    const target = await this.link(path, kind);
    return target === undefined ? undefined : target.slice(target.lastIndexOf('/') + 1);
  }

  async link(path: string, kind: string): Promise<string | undefined> {
    const target = await this.#run(`link ${path}`, kind, () => this.#tree.readlink(path, { signal: this.#signal }));
    return target === 'gone' ? undefined : target;
  }

  /** Something else that is to keep to the same bounds, and of which one is under way at a time. */
  async other<T>(key: string, kind: string, work: () => Promise<T>): Promise<T | undefined> {
    const result = await this.#run(`other ${key}`, kind, work, OTHER_PATIENCE);
    return result === 'gone' ? undefined : result;
  }

  async #run<T>(key: string, kind: string, work: () => Promise<T>, patience = 1): Promise<T | 'gone' | undefined> {
    if (this.#running < this.#limits.concurrency && !this.#over) this.#running += 1;
    else if (this.#over || !(await this.#turn())) {
      this.errors.count(kind, 'deadline');
      return undefined;
    }
    try {
      if (performance.now() - this.#rested > SLICE) await this.#pause();
      // Asked here and not before: it may have come back, or others may have got stuck, while this one waited.
      if (this.#stuck.blocks(key)) {
        this.errors.count(kind, 'stuck');
        return undefined;
      }
      return await this.#flight(key, kind, work, patience * this.#limits.attributeTimeout);
    } finally {
      this.#pass();
    }
  }

  #flight<T>(key: string, kind: string, work: () => Promise<T>, timeout: number): Promise<T | 'gone' | undefined> {
    return new Promise((resolve) => {
      // What throws at once is to end as what rejects.
      const running = (async () => await work())();
      const flight: Flight = {
        until: performance.now() + timeout,
        giveUp: (reason) => {
          this.#flights.delete(flight);
          this.errors.count(kind, reason);
          this.#stuck.add(key, running);
          resolve(undefined);
        },
      };
      this.#flights.add(flight);
      running.then(
        (value) => {
          if (!this.#flights.delete(flight)) return;
          this.reads += 1;
          resolve(value);
        },
        (error: unknown) => {
          if (!this.#flights.delete(flight)) return;
          const code = error instanceof SysfsError ? error.code : 'other';
          if (GONE.has(code)) {
            resolve('gone');
            return;
          }
          this.errors.count(kind, code);
          resolve(undefined);
        },
      );
    });
  }

  /**
   * Lets commands, requests and timers have their turn: a tree in memory answers at once, and thousands of its answers would follow one
   * another with nothing else between.
   */
  #pause(): Promise<void> {
    this.#rest ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#rest = undefined;
        this.#rested = performance.now();
        resolve();
      });
    });
    return this.#rest;
  }

  #turn(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Hands the place to the next in line, or frees it. */
  #pass(): void {
    const next = this.#waiting[this.#next];
    if (next === undefined) {
      this.#running -= 1;
      this.#waiting = [];
      this.#next = 0;
      return;
    }
    this.#next += 1;
    next(true);
  }

  #look(deadline: number): void {
    const now = performance.now();
    if (now >= deadline) {
      this.end();
      return;
    }
    for (const flight of this.#flights) if (now >= flight.until) flight.giveUp('timeout');
  }

  #refuseWaiting(): void {
    const refused = this.#waiting.slice(this.#next);
    this.#waiting = [];
    this.#next = 0;
    for (const refuse of refused) refuse(false);
  }
}
