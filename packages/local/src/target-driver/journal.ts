import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, thisProcess } from '../process-life.js';

/** A session that a driver has made, or is about to make. */
export interface JournalSession {
  readonly target: string;
  /** As `add_session` was given it. */
  readonly name: string;
  /** Directories of that name there were before. */
  readonly before: readonly string[];
  /** Its directory; absent: it was about to be made. */
  readonly directory?: string | undefined;
  /** Its TransportID in hexadecimal, which tells it from a session somebody else made later under that name. */
  readonly transportId?: string | undefined;
}

interface JournalText {
  readonly process: ProcessIdentity;
  /** Which SCST. */
  readonly scst: string;
  /** Targets the driver made. */
  readonly targets: readonly string[];
  readonly sessions: readonly JournalSession[];
}

/** What a driver that died has left. */
export type Leftovers = Pick<JournalText, 'targets' | 'sessions'>;

/**
 * What a driver has made, in a file, so that what is left of one that died is known: nothing in SCST's tree says who made a session.
 * Each process has a file of its own, written before a thing is made and after it has gone.
 */
export class Journal {
  readonly #path: string;
  readonly #owner: Pick<JournalText, 'process' | 'scst'>;
  readonly targets = new Set<string>();
  readonly sessions = new Set<JournalSession>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, owner: Pick<JournalText, 'process' | 'scst'>) {
    this.#path = path;
    this.#owner = owner;
  }

  /**
   * Begins a journal.
   *
   * @param directory Where the journals of drivers are.
   * @param driver The driver's name.
   * @param scst Which SCST it serves.
   */
  static async begin(directory: string, driver: string, scst: string): Promise<Journal> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const owner = { process: await thisProcess(), scst };
    return new Journal(join(directory, `${prefixOf(driver, scst)}${process.pid}-${Date.now().toString(36)}.json`), owner);
  }

  /** Writes the journal as it is now. */
  async write(): Promise<void> {
    const writing = this.#writing.then(() => this.#writeNow());
    this.#writing = writing.catch(() => undefined);
    await writing;
  }

  /** Ends it: nothing is left. */
  async end(): Promise<void> {
    await this.#writing;
    await rm(this.#path, { force: true });
  }

  async #writeNow(): Promise<void> {
    const text: JournalText = { ...this.#owner, targets: [...this.targets], sessions: [...this.sessions] };
    await writeFile(`${this.#path}.new`, JSON.stringify(text), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }
}

const prefixOf = (driver: string, scst: string): string => `${createHash('sha256').update(`${driver}\0${scst}`).digest('hex').slice(0, 16)}-`;

/**
 * The journals that drivers of a name have left which are no more. Each is handed to `clean` by one process only, and deleted when that
 * has done its work; it stays, for the next one, when it fails.
 */
export const cleanLeftovers = async (directory: string, driver: string, scst: string, clean: (left: Leftovers) => Promise<void>): Promise<void> => {
  const prefix = prefixOf(driver, scst);
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const path = join(directory, name);
    const text = await readJournal(path);
    if (text === undefined || text.scst !== scst || (await isAlive(text.process))) continue;
    const mine = `${path.replace(/\.by-\d+$/u, '')}.by-${process.pid}`;
    // Of several that find it one renames it.
    const taken = await rename(path, mine).then(() => true, () => false);
    if (!taken) continue;
    await clean(text);
    await rm(mine, { force: true });
  }
};

/** Undefined for what is no journal, or has gone. */
const readJournal = async (path: string): Promise<JournalText | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isJournal(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isJournal = (value: unknown): value is JournalText => {
  if (typeof value !== 'object' || value === null) return false;
  const { process: owner, scst, targets, sessions } = value as Readonly<Record<string, unknown>>;
  return (
    typeof owner === 'object' && owner !== null && 'pid' in owner && typeof owner.pid === 'number' && 'began' in owner && typeof owner.began === 'string' &&
    typeof scst === 'string' && isList(targets, (target) => typeof target === 'string') && isList(sessions, isJournalSession)
  );
};

const isJournalSession = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { target, name, before, directory, transportId } = value as Readonly<Record<string, unknown>>;
  return typeof target === 'string' && typeof name === 'string' && isList(before, (entry) => typeof entry === 'string') && isTextOrAbsent(directory) && isTextOrAbsent(transportId);
};

const isList = (value: unknown, isOne: (entry: unknown) => boolean): boolean => Array.isArray(value) && value.every(isOne);

const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string';
