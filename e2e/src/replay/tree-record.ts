import { decodeName, encodeName, type SysfsEntry, type SysfsTree, toByteString } from '@scst/sysfs';
import { fromBase64, outcomeOf, type Outcome } from './difference.js';
import { type Machine } from './machine.js';
import { type TreeRecording } from './recording.js';
import { type RecordedEntry, type RecordedName, type TreeStep } from './tree-steps.js';

/** What a script of the tree may ask for besides the steps of a recording: a directory, and all below it. */
export type TreeScriptStep = TreeStep | { op: 'dump'; path: string };

/** Differs from machine to machine, or counts what the initiator asked when it looked at its LUNs. */
const VARYING = /^(?:version|mgmt|thread_pid|host_no|commands|active_commands|.*_cmd_count|.*_io_count_kb|dif_checks_failed)$/;
/** Directories of such. */
const NOT_ENTERED: ReadonlySet<string> = new Set(['latency', 'sgv']);
/** Links that have a number of the host in them. */
const HOST = /host\d+/;

/**
 * Carries the steps of a recording of the tree out on a machine that has none of its modules loaded yet, and gives them back with what came out here: writes,
 * reads, lists, files made and removed. Other steps throw.
 */
export const recordTree = async (recording: TreeRecording, machine: Machine): Promise<TreeRecording> => {
  for (const entry of recording.scenario.modules) {
    const list = typeof entry === 'string' ? [[entry, {}] as const] : Object.entries(entry);
    for (const [name, parameters] of list) await machine.modules.load(name, parameters);
  }
  await machine.settle();
  const recorder = new TreeRecorder(machine);
  const steps: TreeStep[] = [];
  for (const step of recording.steps as readonly TreeScriptStep[]) for await (const done of recorder.step(step)) steps.push(done);
  return { ...recording, steps };
};

class TreeRecorder {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async *step(step: TreeScriptStep): AsyncGenerator<TreeStep> {
    switch (step.op) {
      case 'file':
        await this.#machine.sandbox.size(step.path, step.size);
        yield step;
        return;
      case 'mkdir':
        await this.#machine.sandbox.directory(step.path);
        yield step;
        return;
      case 'unlink':
        await this.#machine.sandbox.remove(step.path);
        yield step;
        return;
      case 'write':
        yield await this.#write(step);
        return;
      case 'read':
        yield await this.#read(step.path);
        return;
      case 'names':
        yield await this.#names(step.path);
        return;
      case 'dump':
        yield* this.#dump(step.path);
        return;
      default:
        throw new Error(`a step "${step.op}" cannot be recorded`);
    }
  }

  get #tree(): SysfsTree {
    return this.#machine.tree;
  }

  async #write(step: Extract<TreeStep, { op: 'write' }>): Promise<TreeStep> {
    const data = step.data_b64 === undefined ? encodeName(step.data ?? '') : fromBase64(step.data_b64);
    const outcome = await outcomeOf(() => this.#tree.write(step.path, data));
    await this.#machine.settle();
    const { op, path, data: text, data_b64 } = step;
    const sent = data_b64 === undefined ? { data: text ?? '' } : { data_b64 };
    return 'value' in outcome ? { op, path, ...sent, ...(outcome.value === data.length ? {} : { written: outcome.value }) } : { op, path, ...sent, ...failureOf(outcome) };
  }

  async #read(path: string): Promise<TreeStep> {
    const outcome = await outcomeOf(() => this.#tree.read(path));
    if ('errno' in outcome) return { op: 'read', path, ...failureOf(outcome) };
    return path.endsWith('trace_level') ? { op: 'read', path, match: tokensOf(decodeName(outcome.value)) } : { op: 'read', path, ...textOf(outcome.value) };
  }

  async #names(path: string): Promise<TreeStep> {
    const outcome = await outcomeOf(() => this.#tree.list(path));
    return { op: 'names', path, ...('value' in outcome ? { names: outcome.value.map(({ name }) => recordedName(name)) } : { errno: outcome.errno }) };
  }

  async *#dump(path: string): AsyncGenerator<TreeStep> {
    const outcome = await outcomeOf(() => this.#tree.list(path));
    if ('errno' in outcome) {
      yield { op: 'ls', path, errno: outcome.errno };
      return;
    }
    const entries: RecordedEntry[] = [];
    for (const entry of outcome.value) entries.push(await this.#entry(path, entry));
    yield { op: 'ls', path, entries };
    for (const { name, type } of outcome.value) {
      const below = path === '' ? name : `${path}/${name}`;
      if (type === 'directory' && !NOT_ENTERED.has(name)) yield* this.#dump(below);
      else if (type === 'file' && !VARYING.test(name)) yield await this.#read(below);
    }
  }

  async #entry(directory: string, { name, type }: SysfsEntry): Promise<RecordedEntry> {
    const path = directory === '' ? name : `${directory}/${name}`;
    const mode = (await this.#tree.stat(path)).mode.toString(8).padStart(4, '0');
    const entry: RecordedEntry = { name: recordedName(name), type: type === 'directory' ? 'dir' : type };
    if (type !== 'link') return { ...entry, mode };
    const target = await this.#tree.readlink(path);
    return HOST.test(target) ? { ...entry, target_match: literally(target).replaceAll(/host\d+/g, 'host\\d+') } : { ...entry, target };
  }
}

/** An expression for a text and no other. */
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The first line of `trace_level`. What follows is help, and depends on how SCST was built. */
const tokensOf = (text: string): string => `${literally(text.split('\n')[0] ?? '')}\n[\\s\\S]*`;

/** As it stands in a file. */
export const formatTree = ({ scenario, steps }: TreeRecording): string => [scenario, ...steps].map((line) => `${JSON.stringify(line)}\n`).join('');

const failureOf = (outcome: Extract<Outcome<unknown>, { errno: string }>): { errno: string; at?: 'open' } =>
  outcome.at === 'open' ? { errno: outcome.errno, at: 'open' } : { errno: outcome.errno };

const isText = (bytes: Uint8Array): boolean => Buffer.compare(Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf8'), bytes) === 0;

/** Bytes that are UTF-8 stand as text. */
export const textOf = (bytes: Uint8Array): { data: string } | { data_b64: string } =>
  isText(bytes) ? { data: decodeName(bytes) } : { data_b64: Buffer.from(bytes).toString('base64') };

const recordedName = (name: string): RecordedName => {
  const bytes = encodeName(name);
  return isText(bytes) ? name : { b64: Buffer.from(toByteString(bytes), 'latin1').toString('base64') };
};
