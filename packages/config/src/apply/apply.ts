import { type SysfsTree } from '@scst/sysfs';
import { checkOrThrow } from '../check/check.js';
import { loadOrThrow, type ConfigSource } from '../load.js';
import { type ModuleLoader } from '../plan/modules.js';
import { type Operation, type Plan, type TreeWrite } from '../plan/operation.js';
import { planSelected, type PlanOptions } from '../plan/plan.js';
import { Selection } from '../plan/selection.js';
import { Executor, type Outcome, perform } from './executor.js';
import { defaultJournalPath, fileJournal, type SuspensionJournal } from './journal.js';
import { type OnProgress } from './progress.js';
import { ApplyError, type ApplyReport, type RollbackReport } from './report.js';
import { type Guard } from './guard.js';
import { rollBack } from './rollback.js';
import { findLeftoverSuspension, resumeLeftover, Suspension, suspensionCount } from './suspension.js';

export interface ApplyOptions extends PlanOptions {
  /** Go on after a failure with all that does not need what failed. Default: false, stop at the first. */
  continueOnError?: boolean | undefined;
  /** After a failure or an abort, take back what was done. Default: false. */
  rollback?: boolean | undefined;
  /** Loads modules whose handlers and drivers the configuration names. Default: what is not loaded is an error. */
  modules?: ModuleLoader | undefined;
  /**
   * Suspend SCST while LUNs change: `auto` from 32 changes on, `always`, or `never`. Default: `auto`. All commands wait for as long
   * as it lasts, and it is ended in every case.
   */
  suspend?: 'auto' | 'always' | 'never' | undefined;
  /** Seconds a suspension waits for the commands under way, before the work is done without. Default: 10. */
  suspendTimeout?: number | undefined;
  /** Where a suspension is noted, for the case that this process is killed. Default: a file in /run/scst. */
  journal?: SuspensionJournal | undefined;
  /**
   * Does a write unless what it takes away has come into use since the plan was made, and lets nobody use it until it is done: `guard` of `@scst/local`. It
   * throws an error whose `code` is `IN_USE`; the operation is held back then, in a rollback it stays. Not asked with `force`. Default: none.
   */
  guard?: Guard | undefined;
  /** Told after every operation. */
  onProgress?: OnProgress | undefined;
}

/** Changes of LUNs from which on a suspension is worth it. */
const SUSPEND_FROM = 32;

/** How often a plan is made again because the tree changed under it. */
const MAX_REPLANS = 3;

/**
 * Makes a tree as a configuration says, in one pass: a second apply has nothing to do. What the configuration does not mention is
 * left alone unless `prune` is given; what is in use is left alone unless `force` is given too, and reported in `blocked`.
 *
 * A tree that changes meanwhile is noticed by what it answers: then the plan is made anew and the report says so.
 *
 * @throws ConfigError when the configuration cannot be used; nothing was changed then.
 * @throws ApplyError when an operation failed (unless `continueOnError`) or the signal was aborted; its report says what was done.
 */
export const apply = async (tree: SysfsTree, source: ConfigSource, options: ApplyOptions = {}): Promise<ApplyReport> => {
  const { modules, files, signal, suspend = 'auto' } = options;
  const selection = new Selection(options.only);
  const selected = selection.of(loadOrThrow(source), options.prune === true);
  await checkOrThrow(selected, { tree, files, canLoadModules: modules !== undefined, signal });
  const journal = options.journal ?? fileJournal(defaultJournalPath(tree.description));
  const canSuspend = (await tree.list('', { signal })).some(({ name }) => name === 'suspend');
  const run = new Run(tree, { ...options, concurrency: options.concurrency ?? 16, suspension: canSuspend && suspend !== 'never' ? new Suspension(tree, journal) : undefined });
  if (canSuspend) await run.endLeftover(journal);
  await run.execute(() => planSelected(tree, selected, selection, options));
  return run.report(options.rollback ?? false);
};

type RunOptions = ApplyOptions & { concurrency: number; suspension: Suspension | undefined };

/** One apply: as many rounds of planning and executing as the tree needs. */
class Run {
  readonly #tree: SysfsTree;
  readonly #options: RunOptions;
  readonly #total: Outcome = { done: [], failed: [], notDone: [], blocked: [], ignored: [], notes: [], aborted: false };
  /** What was done, plan by plan, for the rollback. */
  readonly #rounds: (readonly Operation[])[] = [];
  #replans = 0;

  constructor(tree: SysfsTree, options: RunOptions) {
    this.#tree = tree;
    this.#options = options;
  }

  /** A suspension an earlier apply left behind is ended first: nothing would work otherwise. */
  async endLeftover(journal: SuspensionJournal): Promise<void> {
    const leftover = await findLeftoverSuspension(this.#tree, journal);
    if (leftover === undefined) {
      const count = await suspensionCount(this.#tree);
      if (count > 0) this.#total.notes.push(`SCST is suspended ${count} times by somebody else; sessions cannot be added until it is resumed`);
      return;
    }
    await resumeLeftover(this.#tree, journal);
    this.#total.notes.push(`an apply that ended without a word (process ${leftover.mark.pid}, ${leftover.mark.since}) had left SCST suspended; it was resumed`);
  }

  async execute(makePlan: () => Promise<Plan>): Promise<void> {
    for (let round = await makePlan(); ; ) {
      // Modules make the handlers and drivers the rest of the plan is about: with them in place it is made anew.
      const modules = round.operations.filter(({ kind }) => kind === 'load-module');
      const outcome = await this.#execute(modules.length > 0 ? modules : round.operations);
      this.#total.done.push(...outcome.done);
      this.#rounds.push(outcome.done);
      this.#total.notes.push(...outcome.notes);
      this.#total.aborted = outcome.aborted;
      const next = this.#mayReplan(outcome, modules.length > 0) ? await this.#planAgain(makePlan, outcome) : undefined;
      if (next !== undefined && (modules.length > 0 ? outcome.failed.length === 0 : isChanged(next, outcome))) {
        if (modules.length === 0) this.#noteReplan(outcome);
        round = next;
        continue;
      }
      this.#total.failed.push(...outcome.failed);
      this.#total.notDone.push(...outcome.notDone);
      this.#total.blocked.push(...round.blocked, ...outcome.blocked);
      this.#total.ignored.push(...round.ignored, ...outcome.ignored);
      return;
    }
  }

  /**
   * @throws ApplyError after a failure, unless `continueOnError`.
   */
  async report(withRollback: boolean): Promise<ApplyReport> {
    const { done, failed, notDone, blocked, ignored, notes, aborted } = this.#total;
    const bad = aborted || (failed.length > 0 && this.#options.continueOnError !== true);
    const rollback: RollbackReport | undefined = bad && withRollback ? await rollBack(this.#rounds, (write) => this.#takeBack(write)) : undefined;
    const report: ApplyReport = {
      changes: done.length,
      done,
      failed,
      notDone,
      blocked,
      ignored,
      notes,
      replans: this.#replans,
      rollback,
      converged: !aborted && failed.length === 0 && notDone.length === 0 && blocked.length === 0,
    };
    if (bad) throw new ApplyError(report, aborted, aborted ? this.#options.signal?.reason : undefined);
    return report;
  }

  /** What was made a moment ago may be in use by now. */
  async #takeBack(write: TreeWrite): Promise<void> {
    const { guard, force = false } = this.#options;
    const work = (): Promise<void> => perform(this.#tree, write);
    await (guard === undefined || force ? work() : guard(write, work, { looked: false }));
  }

  #execute(operations: readonly Operation[]): Promise<Outcome> {
    const { concurrency, continueOnError = false, force = false, inUse, guard, modules, signal, onProgress, suspension, suspend, suspendTimeout = 10 } = this.#options;
    const suspendFrom = suspend === 'always' ? 1 : SUSPEND_FROM;
    return new Executor(this.#tree, { concurrency, continueOnError, force, inUse, guard, modules, signal, onProgress, suspension, suspendFrom, suspendTimeout }).run(operations);
  }

  #mayReplan({ failed, aborted }: Outcome, loadedModules: boolean): boolean {
    if (aborted) return false;
    return loadedModules ? failed.length === 0 : failed.length > 0 && this.#replans < MAX_REPLANS;
  }

  /** After a failure the tree may be unreadable too: the failure is what counts then. */
  async #planAgain(makePlan: () => Promise<Plan>, { failed }: Outcome): Promise<Plan | undefined> {
    try {
      return await makePlan();
    } catch (error) {
      if (failed.length === 0) throw error;
      this.#total.notes.push(`the plan could not be made anew: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  #noteReplan({ failed }: Outcome): void {
    this.#replans += 1;
    for (const { operation, error } of failed) this.#total.notes.push(`the tree changed meanwhile: ${operation.subject}: ${operation.summary} was refused (${error.message}); the plan was made anew`);
  }
}

const keyOf = ({ kind, write, module }: Operation): string => `${kind}\n${write?.path ?? ''}\n${write?.data ?? ''}\n${module ?? ''}`;

/**
 * Whether a plan made after failures shows that the tree has changed: it asks for something new, or no longer for what failed. A
 * plan that asks for the same again would fail again.
 */
const isChanged = (next: Plan, { failed, notDone }: Outcome): boolean => {
  const left = new Set([...failed.map(({ operation }) => operation), ...notDone.map(({ operation }) => operation)].map(keyOf));
  const again = new Set(next.operations.map(keyOf));
  return next.operations.some((operation) => !left.has(keyOf(operation))) || failed.some(({ operation }) => !again.has(keyOf(operation)));
};
