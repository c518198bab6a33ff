/** Something that goes on behind commands that have been answered. */
export interface Activity {
  /** From now on it waits for something outside that may never come: nobody should wait for it. */
  pause(): void;
  /** It goes on. */
  resume(): void;
  end(): void;
}

/** What goes on behind commands that have been answered: it is known, so that it can be waited for. */
export class Background {
  readonly #busy = new Set<Activity>();
  #waiting: (() => void)[] = [];

  /** Notes the begin of something. */
  begin(): Activity {
    let over = false;
    const activity: Activity = {
      pause: () => {
        this.#remove(activity);
      },
      resume: () => {
        if (!over) this.#busy.add(activity);
      },
      end: () => {
        over = true;
        this.#remove(activity);
      },
    };
    this.#busy.add(activity);
    return activity;
  }

  /** Starts work. It must not fail: a failure is a defect, and is thrown as an unhandled rejection. */
  run(work: (activity: Activity) => Promise<void>): void {
    const activity = this.begin();
    void work(activity).finally(() => {
      activity.end();
    });
  }

  /** Resolves when nothing goes on but what is paused. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #remove(activity: Activity): void {
    if (!this.#busy.delete(activity) || this.#busy.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
