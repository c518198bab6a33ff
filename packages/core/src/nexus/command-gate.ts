import type { ActiveCommand } from './active-command.js';

/**
 * Where commands whose turn has come wait for the device: while it is blocked, and while one of them is exclusive, that is
 * alone on the device. First come first served.
 */
export class CommandGate {
  readonly #run: (command: ActiveCommand) => void;
  #waiting: ActiveCommand[] = [];
  #blockings = 0;
  #running = 0;
  #exclusive: ActiveCommand | null = null;
  #idleWaiters: (() => void)[] = [];
  #unblockWaiters: (() => void)[] = [];

  /** `run` is called for each command that may run; it has been counted then. */
  constructor(run: (command: ActiveCommand) => void) {
    this.#run = run;
  }

  /** Runs a command, now or when the device is free for it. */
  enter(command: ActiveCommand): void {
    if (this.#waiting.length === 0 && this.#isFreeFor(command)) this.enterNow(command);
    else this.#waiting.push(command);
  }

  /** Runs a command whatever others do. */
  enterNow(command: ActiveCommand): void {
    command.running = true;
    this.#running++;
    if (command.row.exclusive === true) this.#exclusive = command;
    this.#run(command);
  }

  /** A command that ran has ended. */
  leave(command: ActiveCommand): void {
    command.running = false;
    if (this.#exclusive === command) this.#exclusive = null;
    this.#countDown();
  }

  /** A command that waits was aborted. */
  forget(command: ActiveCommand): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((other) => other !== command);
  }

  /**
   * Counts something as running that is more than one command, once the device is not blocked. Resolves with the function that
   * ends it.
   */
  async join(): Promise<() => void> {
    while (this.#blockings > 0) await new Promise<void>((resolve) => this.#unblockWaiters.push(resolve));
    this.#running++;
    return () => {
      this.#countDown();
    };
  }

  /** How often the device is blocked. */
  get blockings(): number {
    return this.#blockings;
  }

  /** Holds back commands that have not started; resolves when none is running. */
  async block(): Promise<void> {
    this.#blockings++;
    await this.idle();
  }

  /** Takes one blocking back; none is no error. */
  unblock(): void {
    if (this.#blockings > 0) this.#blockings--;
    this.#runWaiting();
    if (this.#blockings > 0) return;
    const waiters = this.#unblockWaiters;
    this.#unblockWaiters = [];
    for (const waiter of waiters) waiter();
  }

  /** Resolves when no command is running. */
  async idle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  #isFreeFor({ row }: ActiveCommand): boolean {
    return this.#blockings === 0 && this.#exclusive === null && (row.exclusive !== true || this.#running === 0);
  }

  #countDown(): void {
    this.#running--;
    if (this.#waiting.length > 0) this.#runWaiting();
    if (this.#running > 0 || this.#idleWaiters.length === 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const waiter of waiters) waiter();
  }

  #runWaiting(): void {
    for (;;) {
      const command = this.#waiting[0];
      if (command === undefined || !this.#isFreeFor(command)) return;
      this.#waiting.shift();
      this.enterNow(command);
    }
  }
}
