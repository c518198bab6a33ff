import { type Device } from '../device/device.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { MAX_LUN } from './lun.js';
import { type Session } from './session.js';
import { type LunRequest, TargetDriver } from './target-driver.js';
import { type Target } from './target.js';

/** PROTOCOL IDENTIFIER that SCST gives its copy manager; the standard has none for it. */
const PROTOCOL_COPY_MANAGER = 0x0c;

/** ALLOCATION LENGTH of the INQUIRY that asks a device for its designators. */
const DESIGNATORS_LENGTH = 4096;

/** The TransportID of its only session. */
const transportId = (): Uint8Array => {
  const id = new Uint8Array(24);
  id[0] = PROTOCOL_COPY_MANAGER;
  id.set(new TextEncoder().encode('COPY_MGR'), 2);
  return id;
};

/**
 * The copy manager (SPEC sysfs 12): a target with one session through which EXTENDED COPY reaches the devices. It is there as
 * long as SCST is, and gives every virtual device a LUN of a running number unless `auto_cm_assignment=0`.
 */
export class CopyManager extends TargetDriver {
  readonly protocolIdentifier = PROTOCOL_COPY_MANAGER;
  readonly target: Target;
  readonly session: Session;
  allowNotConnectedCopy = false;
  #nextLun = 0;
  /** True while it maps a device by itself. */
  #automatic = false;

  constructor(core: ScstCore) {
    super(core, { name: 'copy_manager', hasGroups: false, supportsProtection: true });
    this.target = this.registerTarget('copy_manager_tgt');
    this.session = this.registerSession(this.target, 'copy_manager_sess', {
      uniqueName: this.target.sessionNames.take('copy_manager_sess'),
      number: this.nextSessionNumber(),
      transportId: transportId(),
    });
  }

  /** Maps a new virtual device under the next free number; devices beyond the last one get none. */
  addDevice(device: Device): void {
    const { luns } = this.target.defaultGroup;
    if (luns.size >= MAX_LUN) return;
    while (luns.has(this.#nextLun)) this.#nextLun = (this.#nextLun + 1) % MAX_LUN;
    this.#automatic = true;
    try {
      this.target.defaultGroup.addLun(device, this.#nextLun);
    } finally {
      this.#automatic = false;
    }
    this.#nextLun = (this.#nextLun + 1) % MAX_LUN;
  }

  /** Read-only LUNs cannot be mapped by hand, though it gives itself those of read-only devices. */
  override checkLun(request: LunRequest): void {
    super.checkLun(request);
    const { device, readOnly } = request;
    if (!this.#automatic && (readOnly || device.readOnly)) throw new ScstError('EINVAL', 'the copy manager takes no read-only LUNs');
  }

  override lunMapped(): void {
    this.#askForDesignators();
  }

  /** The INQUIRY data of a device changed: where devices are assigned by themselves, their designators are asked for again. */
  inquiryChanged(device: Device): void {
    if (!this.core.modules.flag('scst', 'auto_cm_assignment')) return;
    if ([...this.target.defaultGroup.luns.values()].some((lun) => lun.device === device)) this.#askForDesignators();
  }

  /** The designators are at hand here; that SCST asks for them by a command of the session shows in its counters. */
  #askForDesignators(): void {
    this.session.counters.count('read', DESIGNATORS_LENGTH, true);
  }
}
