import { type Activity } from '../background.js';
import { type ScstCore } from '../core.js';
import { type ScsiHost } from './scsi-host.js';

/** Milliseconds between a change and the scan that sees it: many LUNs in a row are found by few scans. */
const DELAY = 2;
/** Scans at a time, but those that wait for something. */
const AT_A_TIME = 4;

/** The hosts that are to be scanned. */
export class ScanQueue {
  readonly #core: ScstCore;
  readonly #requested = new Set<ScsiHost>();
  readonly #scanning = new Set<ScsiHost>();
  /** Says that scans are still to come. */
  #activity: Activity | null = null;
  #running = 0;

  constructor(core: ScstCore) {
    this.#core = core;
  }

  /** Has a host scanned soon: once more if it is being scanned. */
  request(host: ScsiHost): void {
    this.#requested.add(host);
    if (this.#activity !== null) return;
    this.#activity = this.#core.background.begin();
    this.#core.clock.after(DELAY, () => {
      this.#core.onResume(() => {
        this.#activity?.end();
        this.#activity = null;
        this.#startSome();
      });
      if (this.#core.suspended) this.#activity?.pause();
    });
  }

  #startSome(): void {
    for (const host of this.#requested) {
      if (this.#running >= AT_A_TIME) return;
      if (this.#scanning.has(host)) continue;
      this.#requested.delete(host);
      this.#start(host);
    }
  }

  #start(host: ScsiHost): void {
    this.#scanning.add(host);
    this.#running += 1;
    this.#core.background.run(async (activity) => {
      const slot = this.#slotOf(activity);
      try {
        await host.scan(slot);
      } finally {
        slot.end();
        this.#scanning.delete(host);
        this.#startSome();
      }
    });
  }

  /** The activity of a scan, which gives its place to another while it waits. */
  #slotOf(activity: Activity): Activity {
    let holding = true;
    const letGo = (): void => {
      if (!holding) return;
      holding = false;
      this.#running -= 1;
    };
    return {
      pause: () => {
        activity.pause();
        letGo();
        this.#startSome();
      },
      resume: () => {
        activity.resume();
        if (!holding) this.#running += 1;
        holding = true;
      },
      end: letGo,
    };
  }
}
