import { type Activity } from '../background.js';
import { type Session } from '../target/session.js';
import { HostScan } from './host-scan.js';
import { type InquiryFacts, ScsiDevice } from './scsi-device.js';
import { type HeldDevice, type ScsiHosts } from './scsi-hosts.js';

/** A SCSI host of the machine, or one target of it: the initiator port of a session of scst_local. */
export class ScsiHost {
  readonly #hosts: ScsiHosts;
  readonly session: Session;
  /** The N of `hostN`. */
  readonly number: number;
  /** Its target's id: the I of `H:C:I:L`. */
  readonly id: number;
  /** The scan looks for LUNs below this. */
  readonly maxLuns: number;
  /** By LUN. */
  readonly #devices = new Map<number, ScsiDevice>();
  #heldOpen = 0;
  #whenReleased: (() => void) | null = null;
  /** Aborted once the host is being taken away. */
  readonly #removing = new AbortController();

  constructor(hosts: ScsiHosts, session: Session, { number, id, maxLuns }: { number: number; id: number; maxLuns: number }) {
    this.#hosts = hosts;
    this.session = session;
    this.number = number;
    this.id = id;
    this.maxLuns = maxLuns;
  }

  /** The devices found, in the order of their LUNs. */
  get devices(): ScsiDevice[] {
    return [...this.#devices.values()].sort((left, right) => left.lun - right.lun);
  }

  get deviceCount(): number {
    return this.#devices.size;
  }

  /** True while one of its devices is held open. */
  get isHeld(): boolean {
    return this.#heldOpen > 0;
  }

  /** The device of a LUN. */
  device(lun: number): ScsiDevice | undefined {
    return this.#devices.get(lun);
  }

  /** The device of an `H:C:I:L`. */
  deviceByHctl(hctl: string): ScsiDevice | undefined {
    const lun = /^\d+:0:\d+:(\d+)$/.exec(hctl)?.[1];
    const device = lun === undefined ? undefined : this.#devices.get(Number(lun));
    return device?.hctl === hctl ? device : undefined;
  }

  /** Keeps the host from going until the device is closed. */
  hold(device: ScsiDevice): HeldDevice {
    this.#heldOpen += 1;
    let open = true;
    return {
      device,
      close: () => {
        if (!open) return;
        open = false;
        this.#heldOpen -= 1;
        if (this.#heldOpen === 0) this.#whenReleased?.();
      },
    };
  }

  /** Scans the host soon, if the machine does so by itself. */
  lunsChanged(): void {
    if (this.#hosts.core.scan === 'auto') this.rescan();
  }

  /** Looks, in the background, for LUNs that have come or gone. Several calls in a short time are one scan. */
  rescan(): void {
    if (!this.#removing.signal.aborted) this.#hosts.scans.request(this);
  }

  /** @internal One scan. */
  async scan(activity: Activity): Promise<void> {
    const { signal } = this.#removing;
    if (!signal.aborted) await new HostScan(this, activity, signal).run();
  }

  /** @internal Takes a device up that the scan has found. */
  addDevice(lun: number, facts: InquiryFacts): void {
    if (this.#removing.signal.aborted || this.#devices.has(lun)) return;
    this.#devices.set(lun, new ScsiDevice(this, lun, facts, this.#hosts.takeNames(facts.type)));
  }

  /** @internal Drops a device whose LUN has gone. */
  removeDevice(lun: number): void {
    const device = this.#devices.get(lun);
    if (device === undefined) return;
    this.#devices.delete(lun);
    this.#hosts.giveNames(device);
  }

  /** Takes the host away once none of its devices is held open. */
  async remove(): Promise<void> {
    this.#removing.abort();
    if (this.isHeld) {
      await new Promise<void>((resolve) => {
        this.#whenReleased = resolve;
      });
    }
    for (const lun of [...this.#devices.keys()]) this.removeDevice(lun);
  }
}
