import { type Session } from '../target/session.js';

/** A SCSI host of the machine: the initiator port of a session of scst_local. */
export class ScsiHost {
  readonly session: Session;
  /** The N of `hostN`. */
  readonly number: number;
  #removed: () => void = () => undefined;
  /** Resolves once the host is away. */
  readonly gone: Promise<void>;

  constructor(session: Session, number: number) {
    this.session = session;
    this.number = number;
    this.gone = new Promise((resolve) => {
      this.#removed = resolve;
    });
  }

  lunsChanged(): void {
    // The machine finds out when it scans the host.
  }

  /** Takes the host away once none of its devices is held open. */
  remove(): Promise<void> {
    this.#removed();
    return Promise.resolve();
  }
}
