import { decodeName, encodeName, SysfsError, type SysfsFile, type SysfsTree } from '@scst/sysfs';
import { Difference, fromBase64, type Outcome, outcomeOf, sameBytes, show, showBytes } from './difference.js';
import { type Machine } from './machine.js';
import { type TreeRecording } from './recording.js';
import { type RecordedEntry, type RecordedName, type TreeStep } from './tree-steps.js';

/** `seconds_about` counts in fives. */
const SECONDS_STEP = 5;

type Comparable = object | string | boolean | number | undefined;

interface Background {
  done: Promise<Outcome<number>>;
  started: number;
  finished: number | undefined;
}

/** Replays a recording of the tree on a machine that has none of its modules loaded yet. Throws a {@link Difference}. */
export const replayTree = async (recording: TreeRecording, machine: Machine): Promise<void> => {
  const replay = new TreeReplay(machine);
  await replay.loadModules(recording.scenario.modules);
  for (const [index, step] of recording.steps.entries()) await replay.step(step, index + 2);
  await replay.closeFiles();
};

class TreeReplay {
  readonly #machine: Machine;
  readonly #files = new Map<string, SysfsFile>();
  readonly #background = new Map<string, Background>();
  #line = 1;
  #label = '';

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async loadModules(modules: TreeRecording['scenario']['modules']): Promise<void> {
    this.#label = 'loading the modules';
    for (const entry of modules) {
      const list = typeof entry === 'string' ? [[entry, {}] as const] : Object.entries(entry);
      for (const [name, parameters] of list) {
        const outcome = await outcomeOf(() => this.#machine.modules.load(name, parameters));
        if ('errno' in outcome) throw this.#difference(`module ${name} loaded`, outcome.errno);
      }
    }
    await this.#machine.settle();
  }

  async closeFiles(): Promise<void> {
    for (const file of this.#files.values()) await file.close();
  }

  async step(step: TreeStep, line: number): Promise<void> {
    this.#line = line;
    this.#label = show(step);
    switch (step.op) {
      case 'write':
        { await this.#write(step); return; }
      case 'read':
        { await this.#read(step); return; }
      case 'ls':
        { await this.#list(step); return; }
      case 'names':
        { await this.#names(step); return; }
      case 'exists':
        { this.#equal(step.value, await this.#exists(step.path)); return; }
      case 'readlink':
        { await this.#readlink(step); return; }
      case 'stat':
        { await this.#stat(step); return; }
      case 'file':
        { await this.#machine.sandbox.size(step.path, step.size); return; }
      case 'mkdir':
        { await this.#machine.sandbox.directory(step.path); return; }
      case 'unlink':
        { await this.#unlink(step); return; }
      case 'fifo':
        { this.#machine.storage.addFifo(step.path); return; }
      case 'fifo_opened':
        this.#machine.storage.openFifo(step.path);
        { await this.#machine.settle(); return; }
      case 'loop':
        { this.#machine.storage.addLoopDevice(step.device, step.path); return; }
      case 'insmod':
        { await this.#module(step.errno, () => this.#machine.modules.load(step.module, step.params)); return; }
      case 'rmmod':
        { await this.#module(step.errno, () => this.#machine.modules.unload(step.module)); return; }
      case 'open':
        { await this.#open(step); return; }
      case 'fread':
        { await this.#readOpened(step); return; }
      case 'close':
        await this.#opened(step.as).close();
        this.#files.delete(step.as);
        { await this.#machine.settle(); return; }
      case 'bg_write':
        { await this.#backgroundWrite(step); return; }
      case 'bg_wait':
        { await this.#backgroundWait(step); return; }
      case 'cycle_sessions':
        { await this.#cycleSessions(step); return; }
      case 'syscall':
        { this.#expectErrno(step.errno, undefined, await outcomeOf(() => this.#syscall(step.what))); return; }
      case 'sleep':
        await this.#machine.pause?.(step.seconds ?? 0);
        { await this.#machine.settle(); return; }
      case 'note':
        return;
      default:
        // A file may hold what the types do not.
        throw this.#difference('a step of a known kind', show(step));
    }
  }

  async #write(step: Extract<TreeStep, { op: 'write' }>): Promise<void> {
    const data = recordedBytes(step);
    const { tree, path } = this.#place(step.path);
    const outcome = await outcomeOf(() => tree.write(path, data));
    this.#expectErrno(step.errno, step.at, outcome);
    if ('value' in outcome) this.#equal(step.written ?? data.length, outcome.value);
    await this.#machine.settle();
  }

  async #read(step: Extract<TreeStep, { op: 'read' }>): Promise<void> {
    const { tree, path } = this.#place(step.path);
    this.#expectText(step, await outcomeOf(() => tree.read(path)));
  }

  async #list(step: Extract<TreeStep, { op: 'ls' }>): Promise<void> {
    const { tree, path } = this.#place(step.path);
    const outcome = await outcomeOf(() => tree.list(path));
    this.#expectErrno(step.errno, undefined, outcome);
    if (!('value' in outcome)) return;
    const expected = step.entries ?? [];
    this.#equal(
      expected.map(({ name }) => plainName(name)).sort(),
      outcome.value.map(({ name }) => name).sort(),
    );
    for (const entry of expected) await this.#entry(tree, path, entry);
  }

  async #entry(tree: SysfsTree, directory: string, expected: RecordedEntry): Promise<void> {
    const name = plainName(expected.name);
    const path = directory === '' ? name : `${directory.replace(/\/$/, '')}/${name}`;
    const stat = await tree.stat(path);
    const type = { file: 'file', directory: 'dir', link: 'link' }[stat.type];
    const label = `entry ${name}: `;
    this.#equal(label + expected.type, label + type);
    if (expected.mode !== undefined) this.#equal(label + expected.mode, label + octal(stat.mode));
    if (expected.type === 'link') this.#target(expected, await tree.readlink(path));
  }

  async #names(step: Extract<TreeStep, { op: 'names' }>): Promise<void> {
    const { tree, path } = this.#place(step.path);
    const outcome = await outcomeOf(() => tree.list(path));
    this.#expectErrno(step.errno, undefined, outcome);
    if ('value' in outcome) this.#equal((step.names ?? []).map(plainName).sort(), outcome.value.map(({ name }) => name).sort());
  }

  async #exists(recorded: string): Promise<boolean> {
    const { tree, path } = this.#place(recorded);
    const outcome = await outcomeOf(() => tree.stat(path));
    if ('errno' in outcome && outcome.errno !== 'ENOENT' && outcome.errno !== 'ENOTDIR') throw this.#difference('a present or a missing entry', outcome.errno);
    return 'value' in outcome;
  }

  async #readlink(step: Extract<TreeStep, { op: 'readlink' }>): Promise<void> {
    const { tree, path } = this.#place(step.path);
    const outcome = await outcomeOf(() => tree.readlink(path));
    this.#expectErrno(step.errno, undefined, outcome);
    if ('value' in outcome) this.#target(step, outcome.value);
  }

  #target(expected: { target?: string; target_match?: string }, actual: string): void {
    if (expected.target_match === undefined) this.#equal(expected.target, actual);
    else if (!wholeMatch(expected.target_match).test(actual)) throw this.#difference(`/${expected.target_match}/`, actual);
  }

  async #stat(step: Extract<TreeStep, { op: 'stat' }>): Promise<void> {
    const { tree, path } = this.#place(step.path);
    const outcome = await outcomeOf(() => tree.stat(path));
    this.#expectErrno(step.errno, undefined, outcome);
    if (!('value' in outcome)) return;
    const { type, mode, size, nlink, uid, gid } = outcome.value;
    const format = { file: '10', directory: '04', link: '12' }[type];
    this.#equal(
      { mode: step.mode, size: step.size, nlink: step.nlink, uid: step.uid, gid: step.gid },
      { mode: `${format}${octal(mode)}`, size, nlink, uid, gid },
    );
  }

  async #unlink(step: Extract<TreeStep, { op: 'unlink' }>): Promise<void> {
    if (step.path.startsWith('/') && !step.path.startsWith('/sys/')) {
      await this.#machine.sandbox.remove(step.path);
      return;
    }
    this.#expectErrno(step.errno, undefined, await outcomeOf(() => this.#machine.structure('unlink', step.path)));
  }

  async #module(errno: string | null | undefined, operation: () => Promise<void>): Promise<void> {
    this.#expectErrno(errno, undefined, await outcomeOf(operation));
    await this.#machine.settle();
  }

  async #open(step: Extract<TreeStep, { op: 'open' }>): Promise<void> {
    const outcome = await outcomeOf(async () => {
      if (step.path.startsWith('/dev/')) return this.#machine.openDevice(step.path);
      const { tree, path } = this.#place(step.path);
      return await tree.open(path, 'read');
    });
    this.#expectErrno(step.errno, undefined, outcome);
    if ('value' in outcome) this.#files.set(step.as, outcome.value);
  }

  async #readOpened(step: Extract<TreeStep, { op: 'fread' }>): Promise<void> {
    const file = this.#opened(step.as);
    this.#expectText(step, await outcomeOf(() => file.read({ count: step.count, offset: step.offset })));
  }

  #opened(name: string): SysfsFile {
    const file = this.#files.get(name);
    if (file === undefined) throw this.#difference(`a file opened as ${name}`, 'none');
    return file;
  }

  async #backgroundWrite(step: Extract<TreeStep, { op: 'bg_write' }>): Promise<void> {
    const { tree, path } = this.#place(step.path);
    const background: Background = {
      started: performance.now(),
      finished: undefined,
      done: outcomeOf(() => tree.write(path, recordedBytes(step))).finally(() => (background.finished = performance.now())),
    };
    this.#background.set(step.as, background);
    // A write that returns does so at once here; one that must not return is given a while to do so wrongly.
    await Promise.race([background.done, pause(step.returned ? step.within * 1000 : 200)]);
    this.#equal(`returned: ${step.returned}`, `returned: ${background.finished !== undefined}`);
  }

  async #backgroundWait(step: Extract<TreeStep, { op: 'bg_wait' }>): Promise<void> {
    const background = this.#background.get(step.as);
    if (background === undefined) throw this.#difference(`a write begun as ${step.as}`, 'none');
    const outcome = await Promise.race([background.done, pause(60_000).then(() => undefined)]);
    if (outcome === undefined) throw this.#difference('the write to return', 'nothing for 60 seconds');
    this.#expectErrno(step.errno, undefined, outcome);
    // The recorder's own steps took longer than ours: only a write that waited for its answer shows how long that takes.
    const seconds = ((background.finished ?? performance.now()) - background.started) / 1000;
    const about = Math.floor(seconds / SECONDS_STEP) * SECONDS_STEP;
    if (step.errno === 'EAGAIN') this.#equal(`about ${step.seconds_about} s`, `about ${about} s`);
    await this.#machine.settle();
  }

  async #cycleSessions(step: Extract<TreeStep, { op: 'cycle_sessions' }>): Promise<void> {
    const { tree, path } = this.#place(step.path);
    for (let number = step.from; number <= step.to; number++) {
      for (const command of ['add_session', 'del_session']) {
        const text = `${command} ${step.target} s${number}\n`;
        const outcome = await outcomeOf(() => tree.write(path, text));
        if ('errno' in outcome) throw this.#difference(`${text.trim()} to succeed`, outcome.errno);
        await this.#machine.settle();
      }
    }
  }

  /** `mkdir targets/x`, `open setup_id O_WRONLY|O_TRUNC`, `truncate setup_id 0`, `chmod setup_id 0600` … */
  async #syscall(what: string): Promise<void> {
    const [call = '', ...operands] = what.split(' ');
    const [first = '', second = ''] = operands;
    const { tree, path } = this.#place(first);
    switch (call) {
      case 'open':
        { await this.#openFlags(tree, path, second.split('|')); return; }
      case 'chmod':
        { await tree.chmod(path, Number.parseInt(second, 8)); return; }
      case 'truncate':
        { await this.#truncate(tree, path); return; }
      default:
        { await this.#machine.structure(call, ...operands); return; }
    }
  }

  /** The seam has no flags but the access: creation is what a tree refuses, O_TRUNC and O_APPEND mean nothing to it. */
  async #openFlags(tree: SysfsTree, path: string, flags: string[]): Promise<void> {
    const access = flags.includes('O_RDWR') ? 'readwrite' : flags.includes('O_WRONLY') ? 'write' : 'read';
    try {
      const file = await tree.open(path, access);
      await file.close();
    } catch (error) {
      if (error instanceof SysfsError && error.code === 'ENOENT' && flags.includes('O_CREAT')) {
        await this.#machine.structure('create', path); return;
      }
      throw error;
    }
  }

  /** truncate(2) opens nothing: only the permissions of the file are asked, and root has them. The seam has no such call. */
  async #truncate(tree: SysfsTree, path: string): Promise<void> {
    if ((await tree.stat(path)).type === 'directory') throw new SysfsError({ operation: 'truncate', path, errno: 'EISDIR' });
  }

  #expectText(step: { errno?: string | null; at?: 'open'; data?: string; data_b64?: string; match?: string }, outcome: Outcome<Uint8Array>): void {
    this.#expectErrno(step.errno, step.at, outcome);
    if (!('value' in outcome)) return;
    if (step.match !== undefined) {
      if (!wholeMatch(step.match).test(decodeName(outcome.value))) throw this.#difference(`/${step.match}/`, showBytes(outcome.value));
      return;
    }
    const expected = recordedBytes(step);
    if (!sameBytes(expected, outcome.value)) throw this.#difference(showBytes(expected), showBytes(outcome.value));
  }

  #expectErrno(errno: string | null | undefined, at: 'open' | undefined, outcome: Outcome<unknown>): void {
    // EWOULDBLOCK and EAGAIN are one number.
    const name = errno === 'EWOULDBLOCK' ? 'EAGAIN' : errno;
    const expected = name === null || name === undefined ? 'success' : at === 'open' ? `${name} at open` : name;
    // Where a recording does not say that open(2) failed, only writes and reads tell the difference.
    const actual = 'value' in outcome ? 'success' : at === 'open' && outcome.at === 'open' ? `${outcome.errno} at open` : outcome.errno;
    if (expected !== actual) throw this.#difference(expected, actual);
  }

  #equal(expected: Comparable, actual: Comparable): void {
    const [want, got] = [JSON.stringify(expected), JSON.stringify(actual)];
    if (want !== got) throw this.#difference(show(want), show(got));
  }

  #place(recorded: string): { tree: SysfsTree; path: string } {
    if (!recorded.startsWith('/')) return { tree: this.#machine.tree, path: recorded };
    return { tree: this.#machine.system, path: recorded.slice(1) };
  }

  #difference(expected: string, actual: string): Difference {
    return new Difference(this.#line, this.#label, expected, actual);
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

const plainName = (name: RecordedName): string => (typeof name === 'string' ? name : decodeName(fromBase64(name.b64)));

const recordedBytes = (step: { data?: string; data_b64?: string }): Uint8Array =>
  step.data_b64 === undefined ? encodeName(step.data ?? '') : fromBase64(step.data_b64);

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Recordings use Python's syntax; what they use of it is the same here. */
const wholeMatch = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
