import { manage, readAttribute, SysfsError, type SysfsTree } from '@scst/sysfs';
import { bootId, processStart, type SuspensionJournal, type SuspensionMark } from './journal.js';

const PATH = 'suspend';

/** How a suspension is asked for. */
export interface SuspensionOptions {
  /** Seconds to wait for the commands under way; then the work goes on without a suspension. */
  timeout: number;
  signal?: AbortSignal | undefined;
}

/**
 * Suspends all of SCST while many LUNs change (SPEC 2, `suspend`): each change would suspend it anew. Suspensions are counted;
 * what is begun here is ended here, whatever happens, and noted in a journal for the case that the process is killed.
 */
export class Suspension {
  readonly #tree: SysfsTree;
  readonly #journal: SuspensionJournal;
  #active = false;

  constructor(tree: SysfsTree, journal: SuspensionJournal) {
    this.#tree = tree;
    this.#journal = journal;
  }

  /** Suspends. Gives the reason when that was not possible: nothing is suspended then. */
  async begin({ timeout, signal }: SuspensionOptions): Promise<string | undefined> {
    try {
      const count = await suspensionCount(this.#tree);
      await this.#journal.write({
        tree: this.#tree.description,
        countBefore: count,
        pid: process.pid,
        processStart: await processStart(process.pid),
        bootId: await bootId(),
        since: new Date().toISOString(),
      });
    } catch (error) {
      return `SCST is not suspended, since that could not be noted: ${error instanceof Error ? error.message : String(error)}`;
    }
    // From here on the count may have risen, even when the write ends with an error.
    try {
      this.#active = true;
      await manage(this.#tree, PATH, String(timeout), { signal });
      return undefined;
    } catch (error) {
      if (error instanceof SysfsError && error.code !== 'EINTR') {
        this.#active = false;
        await this.#journal.clear();
        return `SCST could not be suspended: ${error.message}`;
      }
      await this.end();
      throw error;
    }
  }

  /** Resumes, if suspended. Never aborted: it takes no signal. */
  async end(): Promise<void> {
    if (!this.#active) return;
    this.#active = false;
    const mark = await this.#journal.read();
    // An interrupted suspend may not have been counted: what others suspended is not ours to resume.
    const count = await suspensionCount(this.#tree);
    if (mark === undefined || count > mark.countBefore) await manage(this.#tree, PATH, '-1');
    await this.#journal.clear();
  }
}

/** How often SCST is suspended now. */
export const suspensionCount = async (tree: SysfsTree): Promise<number> => Number((await readAttribute(tree, PATH)).value);

/** A suspension whose maker is gone. */
export interface LeftoverSuspension {
  readonly mark: SuspensionMark;
  /** Suspensions there are now. */
  readonly count: number;
}

/**
 * The suspension an earlier apply left behind when it was killed, if there is one. A mark without a suspension is cleared.
 *
 * @param journal The journal that apply used.
 */
export const findLeftoverSuspension = async (tree: SysfsTree, journal: SuspensionJournal): Promise<LeftoverSuspension | undefined> => {
  const mark = await journal.read();
  if (mark?.tree !== tree.description) return undefined;
  const start = await processStart(mark.pid);
  if (start !== undefined && (mark.processStart === undefined || start === mark.processStart)) return undefined; // still at work
  const boot = await bootId();
  const count = await suspensionCount(tree);
  if ((mark.bootId !== undefined && boot !== undefined && mark.bootId !== boot) || count <= mark.countBefore) {
    await journal.clear();
    return undefined;
  }
  return { mark, count };
};

/** Ends a suspension that was left over. */
export const resumeLeftover = async (tree: SysfsTree, journal: SuspensionJournal): Promise<void> => {
  await manage(tree, PATH, '-1');
  await journal.clear();
};
