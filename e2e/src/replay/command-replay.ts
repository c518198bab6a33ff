import { type LogicalUnit } from '@scst/scsi';
import { encodeName } from '@scst/sysfs';
import { type CommandStep, type RecordedWrite } from './command-steps.js';
import { Difference, fromHex, type Outcome, outcomeOf, show, toHex } from './difference.js';
import { type Machine } from './machine.js';
import { type CommandRecording } from './recording.js';

type CdbStep = Extract<CommandStep, { op: 'cdb' }>;

/** Replays a recording of SCSI commands on a machine that has none of SCST's modules loaded yet. Throws a {@link Difference}. */
export const replayCommands = async (recording: CommandRecording, machine: Machine): Promise<void> => {
  const replay = new CommandReplay(machine);
  await replay.setup(recording);
  try {
    for (const [index, step] of recording.steps.entries()) await replay.step(step, index + 2);
  } finally {
    await replay.closeUnits();
  }
};

class CommandReplay {
  readonly #machine: Machine;
  /** Target of each session. */
  readonly #targets = new Map<string, string>();
  readonly #units = new Map<string, LogicalUnit>();
  #line = 1;
  #label = '';

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async setup({ setup }: CommandRecording): Promise<void> {
    this.#label = 'setup';
    for (const file of setup.files) {
      await this.#machine.sandbox.fill(file.path, file.size, file.fill);
      if (file.kind === 'block') this.#machine.storage.addBlockDevice(file.path, file);
    }
    const { modules } = this.#machine;
    await modules.load('scst', {});
    await modules.load('scst_vdisk', {});
    await modules.load('scst_local', { add_default_tgt: '0' });
    for (const write of setup.sysfs) await this.#setupWrite(write);
    for (const { name, target } of setup.sessions) await this.#connect(name, target);
  }

  async #setupWrite([path, data, outcome]: RecordedWrite): Promise<void> {
    this.#label = `setup: ${data} > ${path}`;
    await this.#write(path, encodeName(data), outcome?.errno);
  }

  async step(step: CommandStep, line: number): Promise<void> {
    this.#line = line;
    this.#label = show(step);
    switch (step.op) {
      case 'cdb':
        { await this.#command(step); return; }
      case 'sysfs':
        { await this.#write(step.path, step.hex === undefined ? encodeName(step.data ?? '') : fromHex(step.hex), step.errno); return; }
      case 'file':
        if (step.size !== undefined) await this.#machine.sandbox.size(step.path, step.size);
        if (step.hex !== undefined) await this.#machine.sandbox.overwrite(step.path, step.offset ?? 0, fromHex(step.hex));
        return;
      case 'reset':
        { await (await this.#unit(step.session, step.lun)).reset(step.kind); return; }
      case 'connect':
        { await this.#connect(step.session, step.target); return; }
      case 'disconnect':
        { await this.#disconnect(step.session); return; }
      case 'reconnect': {
        const target = this.#targets.get(step.session) ?? step.target;
        await this.#disconnect(step.session);
        await this.#connect(step.session, target); return;
      }
      case 'note':
        return;
      default:
        // A file may hold what the types do not.
        throw this.#difference('a step of a known kind', show(step));
    }
  }

  async closeUnits(): Promise<void> {
    for (const unit of this.#units.values()) await unit.close();
    this.#units.clear();
  }

  async #command(step: CdbStep): Promise<void> {
    const unit = await this.#unit(step.session, step.lun);
    const dataIn = step.inLen === 0 ? undefined : new Uint8Array(step.inLen);
    const dataOut = step.out === null ? undefined : fromHex(step.out);
    const result = await unit.execute({ cdb: fromHex(step.cdb), dataOut, dataIn });
    this.#compare('status', step.status.toString(16).padStart(2, '0'), result.status.toString(16).padStart(2, '0'));
    this.#compareBytes('sense', step.sense, toHex(result.sense), step.senseMask);
    this.#compare('residual', String(step.resid), String(result.residual));
    if (step.status === 0) this.#compareBytes('data-in', step.in, toHex((dataIn ?? new Uint8Array()).subarray(0, step.in.length / 2)), step.mask);
  }

  #compareBytes(what: string, expected: string, actual: string, mask: string | undefined): void {
    this.#compare(what, masked(expected, mask), masked(actual, mask));
  }

  #compare(what: string, expected: string, actual: string): void {
    if (expected === actual) return;
    const at = firstDifference(expected, actual);
    const place = expected.length > 64 && at >= 0 ? ` (first at byte ${at >> 1}: ${expected.slice(at & ~1, (at & ~1) + 32)} against ${actual.slice(at & ~1, (at & ~1) + 32)})` : '';
    throw this.#difference(`${what} ${show(expected)}`, `${what} ${show(actual)}${place}`);
  }

  async #unit(session: string, lun: number): Promise<LogicalUnit> {
    const key = `${session}/${lun}`;
    const known = this.#units.get(key);
    if (known !== undefined) return known;
    const target = this.#targets.get(session);
    if (target === undefined) throw this.#difference(`session ${session}`, 'not connected');
    const unit = await this.#machine.logicalUnit(target, session, lun);
    this.#units.set(key, unit);
    return unit;
  }

  async #connect(session: string, target: string): Promise<void> {
    this.#targets.set(session, target);
    await this.#write('targets/scst_local/mgmt', encodeName(`add_session ${target} ${session}`), undefined);
  }

  async #disconnect(session: string): Promise<void> {
    const target = this.#targets.get(session);
    if (target === undefined) throw this.#difference(`session ${session}`, 'not connected');
    for (const [key, unit] of this.#units) {
      if (!key.startsWith(`${session}/`)) continue;
      await unit.close();
      this.#units.delete(key);
    }
    await this.#write('targets/scst_local/mgmt', encodeName(`del_session ${target} ${session}`), undefined);
  }

  async #write(path: string, data: Uint8Array, errno: string | undefined): Promise<void> {
    const outcome: Outcome<number> = await outcomeOf(() => this.#machine.tree.write(path, data));
    const [expected, actual] = [errno ?? 'success', 'errno' in outcome ? outcome.errno : 'success'];
    if (expected !== actual) throw this.#difference(expected, actual);
    await this.#machine.settle();
  }

  #difference(expected: string, actual: string): Difference {
    return new Difference(this.#line, this.#label, expected, actual);
  }
}

/** Hexadecimal digits with the bits that are not compared cleared. */
const masked = (hex: string, mask: string | undefined): string => {
  if (mask === undefined) return hex;
  const bytes = fromHex(hex);
  const bits = fromHex(mask);
  return toHex(bytes.map((byte, index) => byte & (bits[index] ?? 0xff)));
};

const firstDifference = (expected: string, actual: string): number => {
  for (let index = 0; index < expected.length; index++) if (expected[index] !== actual[index]) return index;
  return -1;
};
