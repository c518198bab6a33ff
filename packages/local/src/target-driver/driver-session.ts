import { type LogicalUnit } from '@scst/scsi';
import { type OperationOptions, SysfsError } from '@scst/sysfs';
import { type Context } from '../context.js';
import { LocalError } from '../errors.js';
import { exists } from '../paths.js';
import { type Session } from '../session.js';
import { type DriverUnit } from './driver-unit.js';
import { compareLuns, isChange, type LunChanges, readLuns, type SeenLun } from './lun-view.js';
import { SeamUnit } from './seam-unit.js';

/** How long a new session waits for the devices of its LUNs to come up, and how often it looks, in milliseconds. */
const DEVICES_WITHIN = 10_000;
const LOOK_EVERY = 50;

/** How long a session that is closed waits for its directory to go, and how often it looks, in milliseconds. */
const GONE_WITHIN = 2000;
const GONE_EVERY = 10;

const NO_LUNS: ReadonlyMap<number, SeenLun> = new Map();

export interface DriverSessionSetup {
  readonly context: Context;
  readonly session: Session;
  /** As the initiator gave it. */
  readonly initiatorName: string;
  /** Milliseconds between two looks at the LUNs, where the SCST does not tell of changes. */
  readonly pollInterval: number;
  /** Told when the session has gone. */
  readonly closed: (session: DriverSession) => Promise<void>;
}

/** An I_T nexus that a target driver serves: a session of scst_local, with a {@link DriverUnit} for every LUN. */
export class DriverSession implements AsyncDisposable {
  readonly #context: Context;
  readonly #closed: (session: DriverSession) => Promise<void>;
  readonly #units = new Map<number, DriverUnit>();
  readonly #listeners = new Set<(changes: LunChanges) => void>();
  #luns = NO_LUNS;
  #stopWatching: () => void = () => undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #closing: Promise<void> | undefined;
  readonly session: Session;
  readonly initiatorName: string;

  private constructor({ context, session, initiatorName, closed }: DriverSessionSetup) {
    this.#context = context;
    this.session = session;
    this.initiatorName = initiatorName;
    this.#closed = closed;
  }

  /** @internal Takes a session up that has been made, once its LUNs can be used. */
  static async open(setup: DriverSessionSetup): Promise<DriverSession> {
    const opened = new DriverSession(setup);
    try {
      opened.#watch(setup.pollInterval);
      await opened.refresh();
      await opened.#whenDevicesAreThere();
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** The name of its directory below `sessions/`. */
  get name(): string {
    return this.session.name;
  }

  /** What the session sees at present, by LUN. */
  get luns(): ReadonlyMap<number, SeenLun> {
    return this.#luns;
  }

  /** The LUN of a number, whether something is mapped there or not. */
  unit(lun: number): DriverUnit {
    const known = this.#units.get(lun);
    if (known !== undefined) return known;
    const { target, name } = this.session;
    const { direct } = this.#context;
    const unit = direct?.unit(target.name, name, lun) ?? new SeamUnit(`${target.name}/${name}/${lun}`, this.#owner());
    // Numbers that nothing is mapped to are asked for by scanning initiators; they are not kept.
    if (this.#luns.has(lun)) this.#units.set(lun, unit);
    return unit;
  }

  /** Tells of LUNs that come, go or are replaced; the result ends that. */
  watch(listener: (changes: LunChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at the LUNs now. Listeners are told before this resolves. */
  async refresh(): Promise<void> {
    if (this.#closing !== undefined) return;
    this.#lookAgain = true;
    this.#looking ??= this.#lookUntilSettled();
    await this.#looking;
  }

  /** Ends the session: its commands first, then its devices are let go, then SCST's session. Twice is no error. */
  async close(options?: OperationOptions): Promise<void> {
    this.#closing ??= this.#close(options);
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(options?: OperationOptions): Promise<void> {
    this.#stopWatching();
    this.#listeners.clear();
    await this.#looking?.catch(() => undefined);
    for (const unit of this.#units.values()) {
      if (!(unit instanceof SeamUnit)) continue;
      await unit.abortTaskSet();
      await unit.use(undefined);
    }
    this.#units.clear();
    try {
      await this.session.close(options);
      await this.#whenGone();
    } catch (error) {
      // Somebody else may have closed it, or taken its target away.
      if (!isGone(error)) throw error;
    } finally {
      await this.#closed(this);
    }
  }

  /** SCST takes a session away a moment after it was told to, and later where somebody else has its devices open. */
  async #whenGone(): Promise<void> {
    for (let waited = 0; waited < GONE_WITHIN; waited += GONE_EVERY) {
      if (!(await exists(this.#context.tree, this.session.path))) return;
      await new Promise((resolve) => setTimeout(resolve, GONE_EVERY));
    }
  }

  #owner(): { readonly luns: Iterable<number>; lunsMayHaveChanged(): void } {
    const numbers = (): Iterable<number> => this.#luns.keys();
    return {
      get luns() {
        return numbers();
      },
      lunsMayHaveChanged: () => {
        this.#lookSoon();
      },
    };
  }

  #watch(pollInterval: number): void {
    const { direct } = this.#context;
    if (direct !== undefined) {
      // A change comes in parts: one LUN goes and another takes its number.
      const look = (): void => void setImmediate(() => { this.#lookSoon(); });
      this.#stopWatching = direct.watch(this.session.target.name, this.name, look);
      return;
    }
    const timer = setInterval(() => { this.#lookSoon(); }, pollInterval);
    timer.unref();
    this.#stopWatching = () => {
      clearInterval(timer);
    };
  }

  /** In the background: a session that has gone sees nothing, and its commands say so. */
  #lookSoon(): void {
    this.refresh().catch(() => undefined);
  }

  async #lookUntilSettled(): Promise<void> {
    try {
      while (this.#lookAgain) {
        this.#lookAgain = false;
        await this.#look();
      }
    } finally {
      this.#looking = undefined;
    }
  }

  async #look(): Promise<void> {
    const luns = await readLuns(this.#context.tree, this.session.path).catch((error: unknown) => {
      if (isGone(error)) return NO_LUNS;
      throw error;
    });
    const changes = compareLuns(this.#luns, luns);
    this.#luns = luns;
    if (this.#context.direct === undefined) await this.#followDevices(changes);
    if (isChange(changes)) for (const listener of [...this.#listeners]) listener(changes);
  }

  /** Lets go of devices whose LUNs have gone, and opens those that have come; one that is not up yet is looked for again. */
  async #followDevices({ removed, replaced }: LunChanges): Promise<void> {
    for (const lun of [...removed, ...replaced]) {
      const unit = this.#units.get(lun);
      if (unit instanceof SeamUnit) await unit.use(undefined);
      if (!this.#luns.has(lun)) this.#units.delete(lun);
    }
    for (const lun of this.#luns.keys()) {
      const unit = this.unit(lun);
      if (unit instanceof SeamUnit && !unit.present) await unit.use(await this.#openDevice(lun));
    }
  }

  /** Undefined while the machine has not found the device. */
  async #openDevice(lun: number): Promise<LogicalUnit | undefined> {
    try {
      return await this.session.open(lun);
    } catch (error) {
      if (error instanceof LocalError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  async #whenDevicesAreThere(): Promise<void> {
    for (let waited = 0; waited < DEVICES_WITHIN && this.#lacksDevices(); waited += LOOK_EVERY) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      await this.refresh();
    }
  }

  #lacksDevices(): boolean {
    return [...this.#units.values()].some((unit) => unit instanceof SeamUnit && !unit.present);
  }
}

const isGone = (error: unknown): boolean => error instanceof SysfsError && (error.code === 'ENOENT' || error.code === 'EINVAL' || error.code === 'ENODEV');
