import { type Device, Scst, type Session, type Target } from '@scst/local';
import { type MgmtParameters, SysfsError } from '@scst/sysfs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What everything that the suite makes begins with. */
const PREFIX = `scst-test-${process.pid}-`;

const MIB = 1 << 20;

/**
 * The kernel's SCST with names of the suite's own. Whatever was there before is left alone: the sandbox makes objects and hands them out, and
 * takes away at its end those it has made, and those only; then it checks that the tree is as it was.
 */
export class KernelSandbox implements AsyncDisposable {
  readonly #before: readonly string[];
  readonly #made: (() => Promise<void>)[] = [];
  #count = 0;

  private constructor(
    readonly scst: Scst,
    /** A directory for backing files. */
    readonly directory: string,
    before: readonly string[],
  ) {
    this.#before = before;
  }

  static async open(): Promise<KernelSandbox> {
    const scst = await Scst.open({ connect: 'kernel' });
    return new KernelSandbox(scst, await mkdtemp(join(tmpdir(), PREFIX)), await objectsOf(scst));
  }

  /** A name nobody has. */
  name(hint: string): string {
    this.#count += 1;
    return `${PREFIX}${this.#count}-${hint}`;
  }

  /** Has something done at the end, last added first. */
  atEnd(work: () => Promise<void>): void {
    this.#made.push(work);
  }

  async target(options: { sessions?: readonly string[] } = {}): Promise<Target> {
    const target = await this.scst.driver().addTarget(this.name('target'), options);
    this.atEnd(() => orGone(target.remove()));
    return target;
  }

  async session(target: Target, hint = 'session'): Promise<Session> {
    return await target.addSession(this.name(hint));
  }

  async device(handler: string, parameters: MgmtParameters = {}): Promise<Device> {
    const device = await this.scst.handler(handler).add(this.name('dev').replaceAll('.', '-'), parameters);
    this.atEnd(() => orGone(device.remove({ force: true })));
    return device;
  }

  /** A vdisk_fileio device on a file of zeros. */
  async disk({ size = 16 * MIB, ...parameters }: MgmtParameters & { size?: number } = {}): Promise<{ device: Device; file: string }> {
    const file = await this.file(size);
    return { device: await this.device('vdisk_fileio', { filename: file, ...parameters }), file };
  }

  async file(size: number): Promise<string> {
    const file = join(this.directory, this.name('image'));
    await writeFile(file, '');
    await truncate(file, size);
    return file;
  }

  /** A target with one session that sees one fileio disk as LUN 0. */
  async exportedDisk(parameters: MgmtParameters & { size?: number } = {}): Promise<{ target: Target; session: Session; device: Device; file: string }> {
    const { device, file } = await this.disk(parameters);
    const target = await this.target();
    await target.luns.add(device.name, 0);
    return { target, session: await this.session(target), device, file };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const work of this.#made.reverse()) await work().catch((error: unknown) => failures.push(error));
    await rm(this.directory, { recursive: true, force: true });
    // Sessions and hosts go in the background.
    let after = await objectsOf(this.scst);
    for (let tries = 0; tries < 50 && after.join('\n') !== this.#before.join('\n'); tries += 1) {
      await sleep(100);
      after = await objectsOf(this.scst);
    }
    await this.scst.close();
    const [before, now] = [new Set(this.#before), new Set(after)];
    const changes = [...after.filter((name) => !before.has(name)).map((name) => `left over: ${name}`), ...this.#before.filter((name) => !now.has(name)).map((name) => `gone: ${name}`)];
    if (changes.length > 0) failures.push(new Error(`the SCST is not as it was before: ${changes.join(', ')}`));
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  }
}

/** Every object of the tree, by path. */
const objectsOf = async (scst: Scst): Promise<string[]> => {
  const devices = (await scst.devices()).map(({ path }) => path);
  const groups = (await scst.deviceGroups()).map(({ path }) => path);
  const targets = (await Promise.all((await scst.drivers()).map((driver) => driver.targets()))).flat();
  const sessions = (await Promise.all(targets.map(async (target) => (await target.sessions()).map(({ path }) => path)))).flat();
  return [...devices, ...groups, ...targets.map(({ path }) => path), ...sessions].sort();
};

/** What has been taken away by a test itself is gone already. */
const orGone = async (removal: Promise<void>): Promise<void> => {
  try {
    await removal;
  } catch (error) {
    if (error instanceof SysfsError && ['ENOENT', 'EINVAL', 'ENODEV'].includes(error.code)) return;
    throw error;
  }
};

/** Waits until something holds; the kernel does much in the background. */
export const eventually = async (what: string, holds: () => Promise<boolean>, seconds = 20): Promise<void> => {
  for (let tries = 0; tries < seconds * 10; tries += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error(`not within ${seconds} s: ${what}`);
};
