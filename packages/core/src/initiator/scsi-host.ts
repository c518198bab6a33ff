import { type Session } from '../target/session.js';
import { type ScsiDevice } from './scsi-device.js';

/** A SCSI host of the machine: the initiator port of a session of scst_local. */
export class ScsiHost {
  readonly session: Session;
  /** The N of `hostN`. */
  readonly number: number;
  /** By LUN. */
  readonly #devices = new Map<number, ScsiDevice>();

  constructor(session: Session, number: number) {
    this.session = session;
    this.number = number;
  }

  /** The devices found, in the order of their LUNs. */
  get devices(): ScsiDevice[] {
    return [...this.#devices.values()].sort((left, right) => left.lun - right.lun);
  }

  get deviceCount(): number {
    return this.#devices.size;
  }

  /** The device of an `H:C:I:L`. */
  deviceByHctl(hctl: string): ScsiDevice | undefined {
    const lun = /^\d+:0:0:(\d+)$/.exec(hctl)?.[1];
    const device = lun === undefined ? undefined : this.#devices.get(Number(lun));
    return device?.hctl === hctl ? device : undefined;
  }

  lunsChanged(): void {
    // The machine finds out when it scans the host.
  }

  /** Takes the host away once none of its devices is held open. */
  remove(): Promise<void> {
    return Promise.resolve();
  }
}
