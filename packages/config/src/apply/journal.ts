import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What is noted before SCST is suspended, so that a suspension whose maker was killed is known for what it is. */
export interface SuspensionMark {
  /** The tree, as it describes itself. */
  readonly tree: string;
  /** Suspensions there were before ours. */
  readonly countBefore: number;
  readonly pid: number;
  /** Start of the process in clock ticks since boot, which tells two processes of one id apart; undefined where it is not known. */
  readonly processStart?: string | undefined;
  /** The boot; a suspension does not outlive it. */
  readonly bootId?: string | undefined;
  /** When, as an ISO date. */
  readonly since: string;
}

/** Where the mark of a suspension is kept while it lasts. */
export interface SuspensionJournal {
  read(): Promise<SuspensionMark | undefined>;
  /** Must have reached the disk, or whatever outlives the process, when it resolves. */
  write(mark: SuspensionMark): Promise<void>;
  clear(): Promise<void>;
}

const isMark = (value: unknown): value is SuspensionMark =>
  typeof value === 'object' && value !== null && 'tree' in value && 'countBefore' in value && 'pid' in value && typeof value.countBefore === 'number' && typeof value.pid === 'number';

/** A journal in a file; see {@link defaultJournalPath}. */
export const fileJournal = (path: string): SuspensionJournal => ({
  async read() {
    try {
      const value: unknown = JSON.parse(await readFile(path, 'utf8'));
      return isMark(value) ? value : undefined;
    } catch {
      // Not there, or cut short by the crash: the mark is written before the suspension, so there was none.
      return undefined;
    }
  },
  async write(mark) {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    const temporary = `${path}.${process.pid}`;
    await writeFile(temporary, `${JSON.stringify(mark)}\n`, { mode: 0o600 });
    await rename(temporary, path);
  },
  async clear() {
    await rm(path, { force: true });
  },
});

/**
 * Where the mark for a tree stands by default: in `/run/scst` for root, else in the directory for temporary files. Both are
 * gone after a restart of the machine, as the suspension is.
 */
export const defaultJournalPath = (tree: string): string => {
  const directory = process.getuid?.() === 0 ? '/run/scst' : join(tmpdir(), `scst-${process.getuid?.() ?? 'user'}`);
  return join(directory, `suspension-${createHash('sha256').update(tree).digest('hex').slice(0, 16)}.json`);
};

/** Start of a process, as /proc tells it; undefined when there is none, or no /proc. */
export const processStart = async (pid: number): Promise<string | undefined> => {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the start is the 20th field after it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

/** The id of this boot; undefined where it is not known. */
export const bootId = async (): Promise<string | undefined> => {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return undefined;
  }
};
