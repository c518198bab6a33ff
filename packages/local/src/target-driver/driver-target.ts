import { type OperationOptions, SysfsError } from '@scst/sysfs';
import { type Context } from '../context.js';
import { directories, directoryName } from '../paths.js';
import { type Session } from '../session.js';
import { isSessionOf, type Target } from '../target.js';
import { DriverSession } from './driver-session.js';
import { type Journal, type JournalSession } from './journal.js';
import { nameVariants } from './name-variants.js';

export interface DriverTargetOptions extends OperationOptions {
  /** SCSI transport version descriptor (SPC-5 table 152), such as 0960h for iSCSI. Absent: the target's own. */
  scsiTransportVersion?: number | undefined;
  /** Physical transport version descriptor. Absent: the target's own. */
  physTransportVersion?: number | undefined;
}

export interface DriverSessionOptions extends OperationOptions {
  /** The initiator's TransportID (SPC-5 7.6.4). Absent: scst_local's own SAS TransportID. */
  transportId?: Uint8Array | undefined;
  /**
   * The name by which SCST's groups know the initiator, where that is not its own: `NAME#PORTAL`, for one. Default: the initiator's name.
   */
  nameForGroups?: string | undefined;
}

/** What the targets of a driver share. */
export interface DriverShared {
  readonly context: Context;
  /** Null where nothing can be left behind: the SCST ends with this process. */
  readonly journal: Journal | null;
  readonly pollInterval: number;
  /** Runs one thing after another: session directories are told apart by what was there before. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** A SCSI target of a driver: a target of scst_local, with the sessions that the driver has made in it. */
export class DriverTarget implements AsyncDisposable {
  readonly #shared: DriverShared;
  /** What takes back what was done to the target, by what it was. */
  readonly #undo = new Map<string, () => Promise<void>>();
  readonly #sessions = new Set<DriverSession>();
  readonly target: Target;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(shared: DriverShared, target: Target) {
    this.#shared = shared;
    this.target = target;
  }

  /** @internal Makes the target, or takes up one that is there; sets its transport versions. May be called again: somebody may have made it anew. */
  async prepare({ scsiTransportVersion, physTransportVersion, ...options }: DriverTargetOptions): Promise<void> {
    const { target } = this;
    const known = (await directories(this.#shared.context.tree, `targets/${target.driver}`)).includes(directoryName(target.name));
    if (!known) await this.#make(options);
    await this.#setVersion('scsi_transport_version', scsiTransportVersion, options);
    await this.#setVersion('phys_transport_version', physTransportVersion, options);
  }

  get name(): string {
    return this.target.name;
  }

  /** The sessions of this driver; others may have made more in the same target. */
  get sessions(): Iterable<DriverSession> {
    return this.#sessions;
  }

  /**
   * Logs an initiator in: makes the session, sets its TransportID before anything is sent through it, and finds its LUNs.
   *
   * @throws SysfsError with the errno of `add_session`.
   */
  async addSession(initiatorName: string, { transportId, nameForGroups = initiatorName, ...options }: DriverSessionOptions = {}): Promise<DriverSession> {
    const { context, journal, pollInterval } = this.#shared;
    const { session, entry } = await this.#shared.inTurn(() => this.#addSession(nameForGroups, transportId, options));
    const closed = async (ended: DriverSession): Promise<void> => {
      this.#sessions.delete(ended);
      journal?.sessions.delete(entry);
      await journal?.write();
    };
    const opened = await DriverSession.open({ context, session, initiatorName, pollInterval, closed });
    this.#sessions.add(opened);
    if (this.#closing !== undefined) await opened.close();
    return opened;
  }

  /** Ends its sessions, and takes back what was done to the target: one that was made goes, one that was there is as it was. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const ended = await Promise.allSettled([...this.#sessions].map((session) => session.close()));
    const failures = ended.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const step of [...this.#undo.values()].reverse()) {
      try {
        await step();
      } catch (error) {
        if (!(error instanceof SysfsError && error.code === 'ENOENT')) failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `target ${this.name}: not everything could be taken back`);
  }

  async #make(options: OperationOptions): Promise<void> {
    const { journal } = this.#shared;
    const { target } = this;
    journal?.targets.add(target.name);
    await journal?.write();
    await target.create(options);
    this.#undo.set('target', async () => {
      await target.remove();
      journal?.targets.delete(target.name);
      await journal?.write();
    });
  }

  async #setVersion(name: string, version: number | undefined, options: OperationOptions): Promise<void> {
    if (version === undefined) return;
    const { attributes } = this.target;
    const before = await attributes.get(name, options);
    if (Number(before) === version) return;
    await attributes.set(name, `0x${version.toString(16)}`, options);
    if (!this.#undo.has(name)) this.#undo.set(name, () => attributes.set(name, before));
  }

  /** Tries the spellings of the name, until one is no other target's. */
  async #addSession(name: string, transportId: Uint8Array | undefined, options: OperationOptions): Promise<{ session: Session; entry: JournalSession }> {
    let refused: unknown;
    for (const variant of nameVariants(name)) {
      try {
        return await this.#addNamedSession(variant, transportId, options);
      } catch (error) {
        if (!(error instanceof SysfsError && error.code === 'EEXIST')) throw error;
        refused ??= error;
      }
    }
    throw refused;
  }

  async #addNamedSession(name: string, transportId: Uint8Array | undefined, options: OperationOptions): Promise<{ session: Session; entry: JournalSession }> {
    const { journal, context } = this.#shared;
    const { target } = this;
    const before = journal === null ? [] : (await directories(context.tree, `${target.path}/sessions`)).filter((entry) => isSessionOf(entry, directoryName(name)));
    const intended: JournalSession = { target: target.name, name, before };
    journal?.sessions.add(intended);
    await journal?.write();
    let session: Session | undefined;
    try {
      session = await target.addSession(name, options);
      if (transportId !== undefined) await session.setTransportId(transportId, options);
      if (journal === null) return { session, entry: intended };
      const entry: JournalSession = { ...intended, directory: session.name, transportId: Buffer.from(await session.transportId(options)).toString('hex') };
      journal.sessions.add(entry);
      journal.sessions.delete(intended);
      await journal.write();
      return { session, entry };
    } catch (error) {
      await session?.close().catch(() => undefined);
      journal?.sessions.delete(intended);
      await journal?.write();
      throw error;
    }
  }
}
