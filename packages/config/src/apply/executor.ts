import { setTimeout as sleep } from 'node:timers/promises';
import { isQueuedWrite, Limiter, manage, mapTogether, SysfsError, type SysfsTree, TreeReader } from '@scst/sysfs';
import { findUse, type InUse } from '../plan/in-use.js';
import { type ModuleLoader } from '../plan/modules.js';
import { PHASES, type Affected, type BlockedOperation, type IgnoredSetting, type Operation, type Phase, type TreeWrite } from '../plan/operation.js';
import { followingSignal } from '../signal.js';
import { type Guard, isRefusal } from './guard.js';
import { isReached, whyUnsettable } from './goal.js';
import { type OnProgress } from './progress.js';
import { type FailedOperation, type SkippedOperation } from './report.js';
import { type Suspension } from './suspension.js';

/** What an executor is given. */
export interface ExecutorOptions {
  concurrency: number;
  continueOnError: boolean;
  force: boolean;
  inUse: InUse | undefined;
  guard: Guard | undefined;
  modules: ModuleLoader | undefined;
  signal: AbortSignal | undefined;
  onProgress: OnProgress | undefined;
  suspension: Suspension | undefined;
  /** Suspend for at least so many changes of LUNs. */
  suspendFrom: number;
  suspendTimeout: number;
}

/** What a run of a plan came to. */
export interface Outcome {
  done: Operation[];
  failed: FailedOperation[];
  notDone: SkippedOperation[];
  blocked: BlockedOperation[];
  ignored: IgnoredSetting[];
  notes: string[];
  aborted: boolean;
}

/** Phases whose operations each suspend SCST for a moment. Sessions are not among them: while suspended none can be added (SPEC 15). */
const WINDOWS: readonly (readonly Phase[])[] = [['lun-removal'], ['luns', 'initiators']];

/** Milliseconds for which what was read counts when it is asked whether something is in use. */
const FRESH = 100;

/** Milliseconds an operation that is under way at an abort has to end by itself, before it is given up in the dark. */
const GRACE = 5000;

/** Milliseconds to wait for a session to go, which SCST does in the background (SPEC 3.1). */
const SESSION_GOES = 5000;

/** Carries out a plan: phase by phase, lanes at the same time. */
export class Executor {
  readonly #tree: SysfsTree;
  readonly #options: ExecutorOptions;
  /** SCST carries out its commands one after another; those that wait for their turn can still be left out. */
  readonly #commands = new Limiter(1);
  readonly #queued = new Map<string, boolean>();
  readonly #late: ReturnType<typeof followingSignal>;
  readonly #outcome: Outcome = { done: [], failed: [], notDone: [], blocked: [], ignored: [], notes: [], aborted: false };
  /** Operations that did not succeed, by id. */
  readonly #missing = new Set<number>();
  #ended = 0;
  #total = 0;
  #reader: { reader: TreeReader; at: number; memory: Map<string, Promise<string | undefined>> } | undefined;

  constructor(tree: SysfsTree, options: ExecutorOptions) {
    this.#tree = tree;
    this.#options = options;
    this.#late = followingSignal(options.signal, GRACE);
  }

  async run(operations: readonly Operation[]): Promise<Outcome> {
    this.#total = operations.length;
    const byPhase = new Map<Phase, Operation[]>();
    for (const operation of operations) {
      const list = byPhase.get(operation.phase);
      if (list === undefined) byPhase.set(operation.phase, [operation]);
      else list.push(operation);
    }
    const { suspension } = this.#options;
    try {
      for (const phase of PHASES) {
        await this.#atWindow(phase, byPhase);
        await this.#runPhase(byPhase.get(phase) ?? []);
        if (WINDOWS.some((window) => window.at(-1) === phase)) await suspension?.end();
      }
    } finally {
      this.#late.stop();
      await suspension?.end();
    }
    return this.#outcome;
  }

  /** Suspends SCST where a window begins that is worth it. */
  async #atWindow(phase: Phase, byPhase: ReadonlyMap<Phase, readonly Operation[]>): Promise<void> {
    const { suspension, suspendFrom, suspendTimeout, signal } = this.#options;
    const window = WINDOWS.find(([first]) => first === phase);
    if (window === undefined || suspension === undefined || this.#stops()) return;
    const count = window.reduce((sum, one) => sum + (byPhase.get(one)?.length ?? 0), 0);
    if (count === 0 || count < suspendFrom) return;
    try {
      const problem = await suspension.begin({ timeout: suspendTimeout, signal });
      if (problem !== undefined) this.#outcome.notes.push(problem);
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  }

  async #runPhase(operations: readonly Operation[]): Promise<void> {
    // SCST carries out its commands one after another, so there is nothing to gain where a phase has nothing else.
    if (operations.every((operation) => this.#isCommand(operation))) {
      for (const operation of operations) await this.#perform(operation);
      return;
    }
    const lanes = new Map<string, Operation[]>();
    for (const operation of operations) {
      const lane = lanes.get(operation.lane);
      if (lane === undefined) lanes.set(operation.lane, [operation]);
      else lane.push(operation);
    }
    await mapTogether([...lanes.values()], this.#options.concurrency, async (lane) => {
      for (const operation of lane) await this.#inTurn(operation);
    });
  }

  #inTurn(operation: Operation): Promise<void> {
    return this.#isCommand(operation) ? this.#commands.run(() => this.#perform(operation)) : this.#perform(operation);
  }

  #isCommand({ write }: Operation): boolean {
    return write !== undefined && this.#isQueued(write.path);
  }

  /** Most operations are commands to a few mgmt files. */
  #isQueued(path: string): boolean {
    let queued = this.#queued.get(path);
    if (queued === undefined) this.#queued.set(path, (queued = isQueuedWrite(path)));
    return queued;
  }

  #stops(): boolean {
    if (this.#options.signal?.aborted === true) this.#outcome.aborted = true;
    return this.#outcome.aborted || (!this.#options.continueOnError && this.#outcome.failed.length > 0);
  }

  async #perform(operation: Operation): Promise<void> {
    const outcome = this.#outcome;
    const skip = (reason: string): void => {
      this.#missing.add(operation.id);
      outcome.notDone.push({ operation, reason });
    };
    if (this.#stops()) skip(outcome.aborted ? 'the apply was aborted' : 'an operation before it failed');
    else if (operation.needs.some((id) => this.#missing.has(id))) skip('what it needs is not there');
    else {
      try {
        await this.#attempt(operation);
      } catch (error) {
        // Also the tree’s refusal to tell what has to be known fails the operation, and it alone.
        this.#missing.add(operation.id);
        outcome.failed.push({ operation, error: error instanceof Error ? error : new Error(String(error)) });
      }
    }
    this.#ended += 1;
    this.#options.onProgress?.({ phase: operation.phase, done: this.#ended, total: this.#total, operation });
  }

  async #attempt(operation: Operation): Promise<void> {
    if (operation.affects === undefined || this.#options.force) return this.#carryOut(operation);
    const use = await this.#findUse(operation.affects);
    if (use === undefined) return this.#carryOut(operation);
    this.#holdBack(operation, use);
  }

  #holdBack(operation: Operation, reason: string): void {
    this.#missing.add(operation.id);
    this.#outcome.blocked.push({ operation, reason, hint: 'force does it all the same' });
  }

  /** What came into use since the plan was made. */
  async #findUse(affects: Affected): Promise<string | undefined> {
    const now = performance.now();
    if (this.#reader === undefined || now - this.#reader.at > FRESH) this.#reader = { reader: new TreeReader(this.#tree), at: now, memory: new Map() };
    return findUse(this.#reader.reader, affects, this.#options.inUse, this.#reader.memory);
  }

  async #carryOut(operation: Operation): Promise<void> {
    const outcome = this.#outcome;
    try {
      await this.#write(operation);
      outcome.done.push(operation);
    } catch (error) {
      if (isRefusal(error)) {
        this.#holdBack(operation, error.message);
        return;
      }
      if (!(error instanceof Error)) throw error;
      await this.#judgeFailure(operation, error);
    }
  }

  async #write({ kind, write, module, goal, affects }: Operation): Promise<void> {
    const { modules, guard, force } = this.#options;
    const { signal } = this.#late;
    if (module !== undefined) {
      if (modules === undefined) throw new SysfsError({ operation: 'load', path: module, errno: 'ENOSYS', reason: 'there is nobody who loads modules' });
      await modules.load(module, undefined, { signal });
    }
    if (write !== undefined) {
      const work = (): Promise<void> => perform(this.#tree, write, signal);
      await (guard === undefined || force ? work() : guard(write, work, { looked: affects !== undefined }));
    }
    if (kind === 'remove-session' && goal.type === 'absent') await this.#awaitAbsence(goal.path);
  }

  async #awaitAbsence(path: string): Promise<void> {
    for (let waited = 0, pause = 2; waited < SESSION_GOES; waited += pause, pause = Math.min(pause * 2, 200)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const present = await this.#tree.list(path.slice(0, path.lastIndexOf('/'))).catch(() => []);
      if (!present.some((entry) => entry.name === name)) return;
      await sleep(pause);
    }
    this.#outcome.notes.push(`${path} is still there: its SCSI devices are held open by somebody`);
  }

  /** A refused write may only mean that somebody was faster, or that the object lacks the attribute. */
  async #judgeFailure(operation: Operation, error: Error): Promise<void> {
    const outcome = this.#outcome;
    const interrupted = error instanceof SysfsError && error.code === 'EINTR' && this.#options.signal?.aborted === true;
    // After an abort nothing is certain; what was done all the same has to be taken back by a rollback.
    if (await isReached(this.#tree, operation)) {
      if (interrupted) outcome.done.push(operation);
      else outcome.notes.push(`${operation.subject}: ${operation.summary}: it was so already`);
      return;
    }
    if (interrupted) {
      outcome.aborted = true;
      this.#missing.add(operation.id);
      outcome.notDone.push({ operation, reason: 'the apply was aborted while it was under way; SCST may still carry it out' });
      return;
    }
    const unsettable = await whyUnsettable(this.#tree, operation);
    if (unsettable !== undefined && operation.goal.type === 'value') {
      outcome.ignored.push({ subject: operation.subject, attribute: operation.goal.attribute, reason: unsettable, location: operation.location });
      return;
    }
    this.#missing.add(operation.id);
    outcome.failed.push({ operation, error });
  }
}

/** One write of a plan. */
export const perform = async (tree: SysfsTree, { path, data, encoding }: TreeWrite, signal?: AbortSignal): Promise<void> => {
  await manage(tree, path, encoding === 'hex' ? new Uint8Array(Buffer.from(data, 'hex')) : data, { signal });
};
