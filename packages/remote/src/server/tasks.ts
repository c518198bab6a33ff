/** Aborts that came before their command are kept up to this many; older ones are forgotten. */
const MOST_EARLY = 256;

/**
 * A logical unit's tasks in flight, by the numbers their client gave them. An abort comes over another connection than its
 * command and may overtake it; it is kept until the command is there.
 */
export class Tasks {
  readonly #running = new Map<number, AbortController>();
  readonly #early = new Set<number>();

  /**
   * Begins a task.
   *
   * @param task Its number; 0 for one that cannot be aborted by number.
   * @param client Aborted when the client has gone away.
   * @returns The signal of both.
   */
  begin(task: number, client: AbortSignal): AbortSignal {
    const controller = new AbortController();
    if (this.#early.delete(task)) controller.abort();
    if (task !== 0) this.#running.set(task, controller);
    else return client;
    return AbortSignal.any([client, controller.signal]);
  }

  end(task: number): void {
    this.#running.delete(task);
  }

  abort(task: number): void {
    const running = this.#running.get(task);
    if (running !== undefined) {
      running.abort();
      return;
    }
    this.#early.add(task);
    const [oldest] = this.#early;
    if (this.#early.size > MOST_EARLY && oldest !== undefined) this.#early.delete(oldest);
  }

  abortAll(): void {
    for (const controller of this.#running.values()) controller.abort();
  }
}
