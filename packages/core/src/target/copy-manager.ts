import { type Device } from '../device/device.js';
import { type ScstCore } from '../core.js';
import { type Session } from './session.js';
import { TargetDriver } from './target-driver.js';
import { type Target } from './target.js';

/**
 * The copy manager (SPEC sysfs 12): a target with one session through which EXTENDED COPY reaches the devices. It is there as
 * long as SCST is, and gives every virtual device a LUN of a running number unless `auto_cm_assignment=0`.
 */
export class CopyManager extends TargetDriver {
  readonly target: Target;
  readonly session: Session;
  allowNotConnectedCopy = false;
  #nextLun = 0;

  constructor(core: ScstCore) {
    super(core, { name: 'copy_manager', hasGroups: false, supportsProtection: true });
    this.target = this.registerTarget('copy_manager_tgt');
    this.session = this.registerSession(this.target, 'copy_manager_sess', {
      name: this.target.sessionNames.take('copy_manager_sess'),
      number: this.nextSessionNumber(),
      transportId: new Uint8Array(0),
    });
  }

  /** Maps a new virtual device under the next free number. */
  addDevice(device: Device): void {
    const { luns } = this.target.defaultGroup;
    while (luns.has(this.#nextLun)) this.#nextLun += 1;
    this.target.defaultGroup.addLun(device, this.#nextLun);
    this.#nextLun += 1;
  }
}
