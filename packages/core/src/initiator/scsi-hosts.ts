import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { LowestFree } from '../lowest-free.js';
import { type Session } from '../target/session.js';
import { diskName, diskNumber } from './device-names.js';
import { ScanQueue } from './scan-queue.js';
import { type ScsiDevice } from './scsi-device.js';
import { ScsiHost } from './scsi-host.js';

const TYPE_DISK = 0x00;
const TYPE_CD_ROM = 0x05;

/** Where the machine sees a session. */
export interface HostPlace {
  /** The host it is a further target of. Absent: a host of its own. */
  readonly beside?: ScsiHost | undefined;
  /** The target's id. Default: 0. */
  readonly id?: number;
  /** LUNs from this one on are not looked for. Default: all are. */
  readonly maxLuns?: number;
}

/** A device node held open. */
export interface HeldDevice {
  readonly device: ScsiDevice;
  /** Lets go of it; twice is no error. */
  close(): void;
}

/** The SCSI hosts of the machine that sessions of scst_local are, and the numbers Linux gives them and their devices. */
export class ScsiHosts {
  readonly core: ScstCore;
  readonly #numbers = new LowestFree();
  /** The N of `/dev/sgN`. */
  readonly #generic = new LowestFree();
  /** `sda` is 0. */
  readonly #disks = new LowestFree();
  /** The N of `/dev/srN`. */
  readonly #cds = new LowestFree();
  readonly #bySession = new Map<Session, ScsiHost>();
  /** How many sessions each number stands for. */
  readonly #sharers = new Map<number, number>();

  /** @internal */
  readonly scans: ScanQueue;

  constructor(core: ScstCore) {
    this.core = core;
    this.scans = new ScanQueue(core);
  }

  /** The hosts, in the order they were made. */
  get all(): Iterable<ScsiHost> {
    return this.#bySession.values();
  }

  /** All devices, in the order of their hosts and LUNs: what `lsscsi -g` lists. */
  get devices(): ScsiDevice[] {
    return [...this.all].flatMap((host) => host.devices);
  }

  /** The host of a session. */
  of(session: Session): ScsiHost | undefined {
    return this.#bySession.get(session);
  }

  /**
   * Makes the host of a new session, with the lowest free number, and scans it. A session may also be a further target of another
   * one's host.
   */
  add(session: Session, { beside, id = 0, maxLuns = Infinity }: HostPlace = {}): ScsiHost {
    const number = beside?.number ?? this.#numbers.take();
    this.#sharers.set(number, (this.#sharers.get(number) ?? 0) + 1);
    const host = new ScsiHost(this, session, { number, id, maxLuns });
    this.#bySession.set(session, host);
    host.lunsChanged();
    return host;
  }

  /** Takes the host of a session away; resolves once none of its devices is held open. */
  async remove(session: Session): Promise<void> {
    const host = this.#bySession.get(session);
    if (host === undefined) return;
    await host.remove();
    this.#bySession.delete(session);
    const others = (this.#sharers.get(host.number) ?? 1) - 1;
    if (others > 0) {
      this.#sharers.set(host.number, others);
      return;
    }
    this.#sharers.delete(host.number);
    this.#numbers.give(host.number);
  }

  /** @internal The lowest free names for a new device of a peripheral device type. */
  takeNames(type: number): { genericNumber: number; blockName: string | null } {
    const blockName = type === TYPE_DISK ? diskName(this.#disks.take()) : type === TYPE_CD_ROM ? `sr${this.#cds.take()}` : null;
    return { genericNumber: this.#generic.take(), blockName };
  }

  /** @internal */
  giveNames({ genericNumber, blockName }: ScsiDevice): void {
    this.#generic.give(genericNumber);
    if (blockName?.startsWith('sd') === true) this.#disks.give(diskNumber(blockName));
    if (blockName?.startsWith('sr') === true) this.#cds.give(Number(blockName.slice(2)));
  }

  /** Tells the machine that a session sees other LUNs now. */
  lunsChanged(session: Session): void {
    this.#bySession.get(session)?.lunsChanged();
  }

  /**
   * Opens a device node, `/dev/sgN`, `/dev/sdX` or `/dev/srN`, and holds it: its session and target cannot go before it is closed.
   * Throws `ENOENT`: there is no such device.
   */
  openDevice(node: string): HeldDevice {
    const name = node.replace(/^\/dev\//, '');
    for (const host of this.all) {
      for (const device of host.devices) {
        if (`sg${device.genericNumber}` === name || device.blockName === name) return host.hold(device);
      }
    }
    throw new ScstError('ENOENT', `there is no device ${node}`);
  }
}
