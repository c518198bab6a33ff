import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const count = async (sysfs: string, name: string): Promise<number> => Number((await readFile(join(sysfs, name), 'utf8')).trim());

/** Commands that the kernel has given to a SCSI device and not yet got back, those left out that it had lost count of before. */
export class InFlight {
  readonly #sysfs: string;
  readonly #before: number;

  private constructor(sysfs: string, before: number) {
    this.#sysfs = sysfs;
    this.#before = before;
  }

  /**
   * Begins to count while nothing is in flight. What timed out is never counted as done.
   *
   * @param sysfs The device's folder.
   */
  static async of(sysfs: string): Promise<InFlight> {
    return new InFlight(sysfs, await difference(sysfs));
  }

  async now(): Promise<number> {
    return (await difference(this.#sysfs)) - this.#before;
  }

  /** Waits until at least so many are in flight. */
  async reaches(wanted: number, seconds = 60): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      if ((await this.now()) >= wanted) return;
      await delay(5);
    }
    throw new Error(`${await this.now()} commands are in flight, where ${wanted} were waited for`);
  }
}

const difference = async (sysfs: string): Promise<number> => {
  // In this order: one that ends between the two reads is counted as in flight, and not as less than none.
  const done = await count(sysfs, 'iodone_cnt');
  return (await count(sysfs, 'iorequest_cnt')) - done;
};
