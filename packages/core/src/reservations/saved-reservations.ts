import { ScstError } from '../errors.js';
import type { Storage } from '../store/block-store.js';
import type { ReservationState } from './persistent-reservations.js';
import { decodeStateFile, encodeStateFile, type StateFileFormat } from './state-file.js';
import { ReservationFileError } from './state-file-error.js';

/** Where the kernel modules put the previous state while they write a new one; read when the file itself is of no use. */
const backup = (path: string): string => `${path}.1`;

/** The file in which a device's persistent reservations outlive power loss (APTPL). */
export class SavedReservations {
  #path: string;
  readonly #storage: Storage;
  #format: StateFileFormat = 'own';
  /** Saves one after the other. */
  #pending: Promise<void> = Promise.resolve();
  /** Nothing is in either file, as far as we know. */
  #empty = false;

  constructor(storage: Storage, path: string) {
    this.#storage = storage;
    this.#path = path;
  }

  /**
   * What was saved at a path; undefined: nothing. From now on, saves go there. A file that is missing or damaged is looked for
   * in the kernel modules' backup. Throws a `ScstError` `EINVAL`, with the reason, when there is a file but none that can be
   * trusted; everything stays as it was then.
   */
  async open(path: string): Promise<ReservationState | undefined> {
    await this.#pending;
    const first = await this.#read(path);
    const found = first instanceof ReservationFileError || first === undefined ? ((await this.#read(backup(path))) ?? first) : first;
    if (found instanceof ReservationFileError) {
      throw new ScstError('EINVAL', `${path}: ${found.message}; move it away to start without the persistent reservations it may hold`, { cause: found });
    }
    this.#path = path;
    this.#empty = found === undefined;
    this.#format = found?.format ?? 'own';
    return found?.state;
  }

  /**
   * Saves a state, or takes the files away when there is nothing that should outlive power loss. Undefined: there was nothing to
   * do.
   */
  save(state: ReservationState): Promise<void> | undefined {
    const keep = state.aptpl && state.registrations.length > 0;
    if (!keep && this.#empty) return undefined;
    this.#empty = !keep;
    const path = this.#path;
    const bytes = keep ? encodeStateFile(state, this.#format) : undefined;
    const saved = this.#pending.then(async () => {
      if (bytes === undefined) {
        // In this order: a backup is read where the file is missing.
        await this.#storage.removeState(backup(path));
        await this.#storage.removeState(path);
        return;
      }
      await this.#storage.writeState(path, bytes);
      // With a good file beside it nobody reads it.
      await this.#storage.removeState(backup(path)).catch(() => undefined);
    });
    this.#pending = saved.catch(() => {
      // What could not be taken away must be tried again.
      this.#empty = false;
    });
    return saved;
  }

  /** Resolves when no save is under way. */
  async settled(): Promise<void> {
    await this.#pending;
  }

  async #read(path: string): Promise<{ state: ReservationState; format: StateFileFormat } | ReservationFileError | undefined> {
    const bytes = await this.#storage.readState(path);
    if (bytes === undefined) return undefined;
    try {
      return decodeStateFile(bytes);
    } catch (error) {
      if (error instanceof ReservationFileError) return error;
      throw error;
    }
  }
}
