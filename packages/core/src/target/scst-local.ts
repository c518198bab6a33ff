import { encodeTransportId, scstLocalTransportId } from '@scst/transport-id';
import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { shownName } from '../shown-name.js';
import { TraceLevel } from '../trace-level.js';
import { type Session } from './session.js';
import { type HostPlace } from '../initiator/scsi-hosts.js';
import { TargetDriver } from './target-driver.js';
import { type Target } from './target.js';

const OWN_FILES: ReadonlySet<ByteString> = new Set(['mgmt', 'stats', 'trace_level', 'version']);

/**
 * The target driver scst_local (SPEC sysfs 3): each session is a SCSI host of this very machine. A session's device stands on
 * one bus, so directory names of sessions are unique over all targets.
 */
export class ScstLocalDriver extends TargetDriver {
  /** Task management functions served: the file `stats`. */
  readonly stats = { aborts: 0, deviceResets: 0, targetResets: 0 };
  readonly #busNames = new Set<ByteString>();

  readonly traceLevel = new TraceLevel('other');

  constructor(core: ScstCore) {
    super(core, { name: 'scst_local' });
  }

  /**
   * Makes a target, and sessions of the given initiators in it; when one of them cannot be made, the target goes again.
   * `EFAULT`: the name is taken (whatever the reason, it is this errno). `EEXIST`: a session's name is, in another target.
   */
  addTarget(name: ByteString): Target {
    const shown = shownName(name);
    const taken = this.targets.has(name) || OWN_FILES.has(shown) || (/[/!]/.test(name) && [...this.targets.keys()].some((other) => shownName(other) === shown));
    if (taken) throw new ScstError('EFAULT', `the name ${name} is in use in targets/scst_local`);
    return this.registerTarget(name);
  }

  /** The target of a name, or undefined. */
  target(name: ByteString): Target | undefined {
    return this.targets.get(name);
  }

  /**
   * Logs an initiator in: a SCSI host appears. `EEXIST`: a session of that directory name exists in another target;
   * `EFAULT`: one in this target, of another initiator name, shows alike. While
   * SCST is suspended and the initiator has LUNs, this waits, as scanning the new host does in the kernel.
   */
  async addSession(target: Target, initiatorName: ByteString, place: HostPlace = {}): Promise<Session> {
    const number = this.nextSessionNumber();
    const uniqueName = target.sessionNames.take(initiatorName);
    const name = shownName(uniqueName);
    if (target.sessionsByName.has(name)) {
      target.sessionNames.give(uniqueName);
      throw new ScstError('EFAULT', `the session ${target.sessionsByName.get(name)?.initiatorName ?? name} of target ${target.name} shows as ${name}, too`);
    }
    if (this.#busNames.has(name)) {
      target.sessionNames.give(uniqueName);
      throw new ScstError('EEXIST', `a session ${name} exists in another target of scst_local; session names are unique over all of them`);
    }
    this.#busNames.add(name);
    const session = this.registerSession(target, initiatorName, { uniqueName, number, transportId: encodeTransportId(scstLocalTransportId(number)) });
    this.core.hosts.add(session, place);
    if (session.group.luns.size > 0) await this.core.activity.whenOpen();
    return session;
  }

  /** The oldest live session of an initiator name, or undefined. */
  findSession(target: Target, initiatorName: ByteString): Session | undefined {
    for (const session of target.sessions) if (session.initiatorName === initiatorName && session.ending === null) return session;
    return undefined;
  }

  /** Waits for the session's SCSI devices to be let go, then ends it. */
  protected override async endSession(session: Session): Promise<void> {
    await this.core.hosts.remove(session);
    await super.endSession(session);
  }

  protected override forgetSession(session: Session): void {
    super.forgetSession(session);
    this.#busNames.delete(session.name);
  }
}
