import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SysfsError } from '@scst/sysfs';
import { type Connection } from '../connection.js';
import { directories, directoryName } from '../paths.js';
import { type Scst } from '../scst.js';
import { isSessionOf } from '../target.js';
import { type DriverShared, DriverTarget, type DriverTargetOptions } from './driver-target.js';
import { cleanLeftovers, Journal, type JournalSession, type Leftovers } from './journal.js';

export interface TargetDriverOptions {
  /** The transport's name, `iscsi` for one. What a driver of the same name has left when it died is closed first. */
  name: string;
  /** Where drivers note what they have made. Default: `/run/scst/drivers` for root, else `$XDG_RUNTIME_DIR/scst/drivers`. */
  journalDirectory?: string | undefined;
  /** Milliseconds between two looks at a session's LUNs, where the SCST does not tell of changes. Default: 1000. */
  pollInterval?: number | undefined;
}

const DEFAULT_POLL_INTERVAL = 1000;

/**
 * Begins a target driver in user space: SCST's guide to them ("User space target drivers"), as an API.
 *
 * 1. `driver.addTarget(name, …)` makes a target of scst_local for a SCSI target of the transport, and sets
 * 2. its SCSI and physical transport versions.
 * 3. `target.addSession(initiator, …)` makes a session for an I_T nexus, and sets
 * 4. its TransportID before the first command;
 * 5. it finds the devices of its LUNs: through the link `host` where SCST is the kernel's, in the core where it is in this process.
 * 6. `session.unit(lun).submit(task)` serves the initiator; `session.watch(…)` tells of LUNs that come and go.
 *
 * Closing takes everything back. What a driver of this name has left that died without closing is closed here; sessions of others are
 * not touched.
 *
 * @throws SysfsError where scst_local is not loaded.
 */
export const createTargetDriver = async (scst: Scst, { name, journalDirectory = defaultJournals(), pollInterval = DEFAULT_POLL_INTERVAL }: TargetDriverOptions): Promise<UserTargetDriver> => {
  const { connection } = scst;
  if (connection.direct !== undefined) return new UserTargetDriver(scst, { name, journal: null, pollInterval });
  const identity = await identityOf(connection);
  await cleanLeftovers(journalDirectory, name, identity, (left) => removeLeftovers(scst, left));
  return new UserTargetDriver(scst, { name, journal: await Journal.begin(journalDirectory, name, identity), pollInterval });
};

/** A target driver in user space. Made by {@link createTargetDriver}. */
export class UserTargetDriver implements AsyncDisposable {
  readonly #scst: Scst;
  readonly #journal: Journal | null;
  readonly #shared: DriverShared;
  readonly #targets = new Map<string, DriverTarget>();
  #turn: Promise<unknown> = Promise.resolve();
  readonly name: string;

  /** @internal */
  constructor(scst: Scst, { name, journal, pollInterval }: { name: string; journal: Journal | null; pollInterval: number }) {
    this.#scst = scst;
    this.name = name;
    this.#journal = journal;
    this.#shared = { context: scst.connection, journal, pollInterval, inTurn: (work) => this.#inTurn(work) };
  }

  /** The targets, by name. */
  get targets(): ReadonlyMap<string, DriverTarget> {
    return this.#targets;
  }

  /**
   * Makes a target of scst_local, or serves one that is there (of a configuration file, say), which then stays when the driver ends.
   *
   * @throws SysfsError with the errno of `add_target`, or of an attribute.
   */
  async addTarget(name: string, options: DriverTargetOptions = {}): Promise<DriverTarget> {
    const known = this.#targets.get(name);
    const target = known ?? new DriverTarget(this.#shared, this.#scst.driver().target(name));
    this.#targets.set(name, target);
    try {
      await this.#inTurn(() => target.prepare(options));
      return target;
    } catch (error) {
      if (known === undefined) await this.removeTarget(name).catch(() => undefined);
      throw error;
    }
  }

  /** Ends the sessions of a target and takes it back. */
  async removeTarget(name: string): Promise<void> {
    const target = this.#targets.get(name);
    this.#targets.delete(name);
    await target?.close();
  }

  /** Takes everything back that the driver has made. */
  async close(): Promise<void> {
    const ended = await Promise.allSettled([...this.#targets.keys()].map((name) => this.removeTarget(name)));
    const failures = ended.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    // What could not be removed stays written down, for the next driver of this name.
    if (failures.length > 0) throw new AggregateError(failures, `target driver ${this.name}: not everything could be taken back`);
    await this.#journal?.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }
}

const defaultJournals = (): string => {
  if (process.getuid?.() === 0) return '/run/scst/drivers';
  return join(process.env['XDG_RUNTIME_DIR'] ?? join(homedir(), '.cache'), 'scst', 'drivers');
};

/** Which SCST it is: what was made in one that has ended since is not there any more. */
const identityOf = async ({ kind, tree }: Connection): Promise<string> => {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return createHash('sha256').update([kind, tree.description, boot.trim()].join('\0')).digest('hex');
};

/** How long the next driver waits for sessions it has closed, and how often it looks, in milliseconds: the kernel takes their hosts away in the background. */
const GONE_WITHIN = 10_000;
const GONE_EVERY = 20;

const removeLeftovers = async (scst: Scst, { sessions, targets }: Leftovers): Promise<void> => {
  const closed: string[] = [];
  for (const session of sessions) closed.push(...(await removeSession(scst, session)));
  const end = Date.now() + GONE_WITHIN;
  for (const name of targets) {
    const target = scst.driver().target(name);
    if (!(await directories(scst.tree, `targets/${target.driver}`)).includes(directoryName(name))) continue;
    let left = await target.sessions();
    while (left.length > 0 && left.every(({ path }) => closed.includes(path)) && Date.now() < end) {
      await sleep(GONE_EVERY);
      left = await target.sessions();
    }
    // Whoever else has a session there keeps the target.
    if (left.length === 0) await target.remove();
  }
};

/** Closes what is left of a session. Resolves with the paths of what it has closed, which may still be there. */
const removeSession = async (scst: Scst, left: JournalSession): Promise<string[]> => {
  const target = scst.driver().target(left.target);
  const closed: string[] = [];
  for (const directory of await sessionsLike(scst, left)) {
    const session = target.session(directory);
    try {
      const transportId = Buffer.from(await session.transportId()).toString('hex');
      if (left.transportId !== undefined && transportId !== left.transportId) continue;
      await session.close();
      closed.push(session.path);
    } catch (error) {
      // It may go by itself meanwhile.
      if (!(error instanceof SysfsError && (error.code === 'ENOENT' || error.code === 'EINVAL' || error.code === 'ENODEV'))) throw error;
    }
  }
  return closed;
};

/** Directories that may be a session of a journal: its own, or, where it was about to be made, those of its name that were not there before. */
const sessionsLike = async (scst: Scst, { target, name, directory, before }: JournalSession): Promise<string[]> => {
  const path = `${scst.driver().target(target).path}/sessions`;
  const names = await directories(scst.tree, path).catch((error: unknown) => {
    if (error instanceof SysfsError && error.code === 'ENOENT') return [];
    throw error;
  });
  if (directory !== undefined) return names.filter((entry) => entry === directory);
  return names.filter((entry) => isSessionOf(entry, directoryName(name)) && !before.includes(entry));
};
