import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type Lun } from './lun.js';
import { type Device } from '../device/device.js';
import { ScstError } from '../errors.js';
import { Session } from './session.js';
import { Target } from './target.js';

/** What sets one target driver apart from another. */
export interface TargetDriverOptions {
  name: ByteString;
  /** True where initiator groups can be made in its targets. */
  hasGroups?: boolean;
  /** True where its targets carry T10 protection information. */
  supportsProtection?: boolean;
}

/** A LUN somebody asks for. */
export interface LunRequest {
  readonly device: Device;
  readonly readOnly: boolean;
}

/** A target driver (SCST's target template) with its targets. Drivers of other kinds extend it. */
export class TargetDriver {
  readonly core: ScstCore;
  readonly name: ByteString;
  readonly hasGroups: boolean;
  readonly supportsProtection: boolean;
  /** By true name, in the order of creation. */
  readonly targets = new Map<ByteString, Target>();
  #lastSessionNumber = 0;

  constructor(core: ScstCore, options: TargetDriverOptions) {
    this.core = core;
    this.name = options.name;
    this.hasGroups = options.hasGroups ?? true;
    this.supportsProtection = options.supportsProtection ?? false;
  }

  /** `EINVAL`: a target of this driver cannot have such a LUN. */
  checkLun({ device }: LunRequest): void {
    if (device.hasProtection && !this.supportsProtection) {
      throw new ScstError('EINVAL', `device ${device.name} has T10 protection information, which targets of ${this.name} cannot carry`);
    }
  }

  /** The number of the next session: every attempt counts. */
  protected nextSessionNumber(): number {
    this.#lastSessionNumber += 1;
    return this.#lastSessionNumber;
  }

  /** Told of each LUN that is mapped in a target of the driver. */
  lunMapped?(lun: Lun): void;

  /** Registers a target; the caller has checked its name. */
  protected registerTarget(name: ByteString): Target {
    const target = new Target(this, name);
    this.targets.set(name, target);
    return target;
  }

  /** Makes a session in the set the initiator belongs to. */
  protected registerSession(target: Target, initiatorName: ByteString, identity: { uniqueName: ByteString; number: number; transportId: Uint8Array }): Session {
    const session = new Session(target, target.groupFor(initiatorName), { initiatorName, ...identity });
    target.sessionsByName.set(session.name, session);
    return session;
  }

  /** Ends a session, or waits for its end when that has begun. */
  closeSession(session: Session): Promise<void> {
    session.ending ??= this.endSession(session);
    return session.ending;
  }

  /** Ends a session a moment later, as the kernel's driver does. */
  closeSoon(session: Session): void {
    if (session.ending !== null) return;
    const moment = new Promise((resolve) => setImmediate(resolve));
    const ending = moment.then(() => this.endSession(session));
    session.ending = ending;
    // A session whose devices are held open may stay for ever: nobody waits for that.
    this.core.background.run(async () => {
      await moment;
      if (!this.isHeld(session)) await ending;
    });
  }

  /** True while something outside keeps a session from going. */
  protected isHeld(session: Session): boolean {
    return this.core.hosts.of(session)?.isHeld ?? false;
  }

  /** Ends a session: its nexuses first, then its directory. */
  protected async endSession(session: Session): Promise<void> {
    await session.end();
    this.forgetSession(session);
  }

  /** Takes a session that has ended off its target. */
  protected forgetSession(session: Session): void {
    const { target } = session;
    if (target.sessionsByName.get(session.name) === session) target.sessionsByName.delete(session.name);
    target.sessionNames.give(session.uniqueName);
  }

  /** Takes a target away with its sessions, groups and LUNs, and out of all target groups; resolves when all is gone. */
  async removeTarget(target: Target): Promise<void> {
    target.removed = true;
    this.targets.delete(target.name);
    for (const member of [...target.memberships]) member.remove();
    await Promise.all([...target.sessions].map((session) => this.closeSession(session)));
    for (const set of target.sets()) await set.clearLuns();
    target.groups.clear();
  }

  /** Takes all targets away: what unloading the driver's module does. */
  async removeAll(): Promise<void> {
    await Promise.all([...this.targets.values()].map((target) => this.removeTarget(target)));
  }
}
