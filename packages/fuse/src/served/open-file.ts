import { SysfsError, type SysfsFile } from '@scst/sysfs';

/** The most one read gives and one write takes (SPEC 1.1). */
export const MAX_TRANSFER = 4096;

/**
 * An attribute the kernel holds open for a program.
 *
 * The kernel tells only an offset, for read(2) and pread(2) alike. As in sysfs, a read that begins where the last one ended goes
 * on in the text of that one, and any other generates the text anew. Until the first read out of order the tree's own file keeps
 * the text and its end; afterwards the text is kept here, since the tree's file generates it for every read with an offset.
 *
 * Operations on one open file take turns, as in sysfs.
 */
export class OpenFile {
  readonly #file: SysfsFile;
  /** Where the last read ended, or undefined when it failed: then no read goes on from it. */
  #position: number | undefined = 0;
  #text: Uint8Array | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #close: (file: SysfsFile) => Promise<void>;

  /** @param close How the tree's file is closed. */
  constructor(file: SysfsFile, close = (opened: SysfsFile): Promise<void> => opened.close()) {
    this.#file = file;
    this.#close = close;
  }

  /** The bytes of one read(2) or pread(2). Empty at the end of the text. */
  read(offset: number, size: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#inTurn(signal, () => this.#read(offset, Math.min(size, MAX_TRANSFER), signal));
  }

  /** One write(2), of which the first 4096 bytes count. Returns how many were taken. */
  write(data: Uint8Array, signal: AbortSignal): Promise<number> {
    const head = data.subarray(0, MAX_TRANSFER);
    return this.#inTurn(signal, async () => Math.min(await this.#file.write(head, { signal }), head.length));
  }

  close(): Promise<void> {
    return this.#close(this.#file);
  }

  async #read(offset: number, size: number, signal: AbortSignal): Promise<Uint8Array> {
    const goesOn = offset === this.#position;
    if (goesOn && this.#text === undefined) {
      const piece = await this.#file.read({ count: size, signal });
      this.#position = offset + piece.length;
      return piece.subarray(0, size);
    }
    if (!goesOn || offset === 0) await this.#generate(signal);
    else if (this.#text !== undefined && offset >= this.#text.length) await this.#assertThere(offset, signal);
    const piece = (this.#text ?? new Uint8Array()).subarray(offset, offset + size);
    this.#position = offset + piece.length;
    return piece;
  }

  async #generate(signal: AbortSignal): Promise<void> {
    this.#position = undefined;
    this.#text = new Uint8Array();
    this.#text = await this.#file.read({ offset: 0, count: MAX_TRANSFER, signal });
  }

  /** At the end of a kept text, a file whose object has gone says so. What else a read would say does not matter there. */
  async #assertThere(offset: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#file.read({ offset, count: 1, signal });
    } catch (error) {
      if (error instanceof SysfsError && (error.code === 'ENODEV' || error.code === 'EINTR')) throw error;
    }
  }

  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const turn = (async () => {
      await before;
      // Interrupted while it waited: the program has its EINTR already.
      if (signal.aborted) throw new SysfsError({ operation: 'wait for', path: 'an open file', errno: 'EINTR' });
      return await work();
    })();
    this.#last = turn.catch(() => undefined);
    return await turn;
  }
}
