import { type LogicalUnit } from '@scst/scsi';
import { encodeName } from '@scst/sysfs';
import { type CdbStep, type CommandStep, type RecordedWrite } from './command-steps.js';
import { fromHex, type Outcome, outcomeOf, toHex } from './difference.js';
import { type Machine } from './machine.js';
import { type CommandRecording } from './recording.js';

/** What came out of a step. */
export type Played =
  | { kind: 'command'; status: number; sense: string; in: string; resid: number }
  | { kind: 'write'; errno: string | undefined }
  | { kind: 'nothing' };

/** How often the machine is waited for until a session that was deleted is gone. */
const MOST_WAITS = 50;

const NOTHING: Played = { kind: 'nothing' };

/** Carries the steps of a recording of SCSI commands out on a machine that has none of SCST's modules loaded yet. */
export class CommandPlayer {
  readonly #machine: Machine;
  /** Target of each session. */
  readonly #targets = new Map<string, string>();
  readonly #units = new Map<string, LogicalUnit>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Makes what stands before the first step, and tells what came out of each write. */
  async setup({ setup }: CommandRecording, written: (write: RecordedWrite, errno: string | undefined) => void): Promise<void> {
    for (const file of setup.files) {
      await this.#machine.sandbox.fill(file.path, file.size, file.fill);
      if (file.kind === 'block') this.#machine.storage.addBlockDevice(file.path, file);
    }
    const { modules } = this.#machine;
    await modules.load('scst', {});
    await modules.load('scst_vdisk', {});
    await modules.load('scst_local', { add_default_tgt: '0' });
    for (const write of setup.sysfs) written(write, await this.#write(write[0], encodeName(write[1])));
    for (const { name, target } of setup.sessions) await this.#connect(name, target);
  }

  async play(step: CommandStep): Promise<Played> {
    switch (step.op) {
      case 'cdb':
        return await this.#command(step);
      case 'sysfs':
        return { kind: 'write', errno: await this.#write(step.path, step.hex === undefined ? encodeName(step.data ?? '') : fromHex(step.hex)) };
      case 'file':
        if (step.size !== undefined) await this.#machine.sandbox.size(step.path, step.size);
        if (step.hex !== undefined) await this.#machine.sandbox.overwrite(step.path, step.offset ?? 0, fromHex(step.hex));
        return NOTHING;
      case 'reset':
        await (await this.#unit(step.session, step.lun)).reset(step.kind);
        return NOTHING;
      case 'connect':
        return await this.#connect(step.session, step.target);
      case 'disconnect':
        return await this.#disconnect(step.session);
      case 'reconnect': {
        const target = this.#targets.get(step.session) ?? step.target;
        await this.#disconnect(step.session);
        return await this.#connect(step.session, target);
      }
      case 'note':
        return NOTHING;
      default:
        // A file may hold what the types do not.
        throw new Error('not a step of a known kind');
    }
  }

  async close(): Promise<void> {
    for (const unit of this.#units.values()) await unit.close();
    this.#units.clear();
  }

  async #command(step: CdbStep): Promise<Played> {
    const unit = await this.#unit(step.session, step.lun);
    const dataIn = step.inLen === 0 ? undefined : new Uint8Array(step.inLen);
    const dataOut = step.out === null ? undefined : fromHex(step.out);
    const { status, sense, residual } = await unit.execute({ cdb: fromHex(step.cdb), dataOut, dataIn });
    const moved = dataIn === undefined || status !== 0 ? 0 : Math.max(0, Math.min(dataIn.length, dataIn.length - residual));
    return { kind: 'command', status, sense: toHex(sense), in: toHex((dataIn ?? new Uint8Array()).subarray(0, moved)), resid: residual };
  }

  async #unit(session: string, lun: number): Promise<LogicalUnit> {
    const key = `${session}/${lun}`;
    const known = this.#units.get(key);
    if (known !== undefined) return known;
    const unit = await this.#machine.logicalUnit(this.#targetOf(session), session, lun);
    this.#units.set(key, unit);
    return unit;
  }

  #targetOf(session: string): string {
    const target = this.#targets.get(session);
    if (target === undefined) throw new Error(`session ${session} is not connected`);
    return target;
  }

  async #connect(session: string, target: string): Promise<Played> {
    this.#targets.set(session, target);
    const errno = await this.#write('targets/scst_local/mgmt', encodeName(`add_session ${target} ${session}`));
    if (errno === undefined) await this.#machine.scan?.(target, session);
    return { kind: 'write', errno };
  }

  async #disconnect(session: string): Promise<Played> {
    const target = this.#targetOf(session);
    for (const [key, unit] of this.#units) {
      if (!key.startsWith(`${session}/`)) continue;
      await unit.close();
      this.#units.delete(key);
    }
    const errno = await this.#write('targets/scst_local/mgmt', encodeName(`del_session ${target} ${session}`));
    // The kernel takes its time; a session of that name would be called another way meanwhile.
    const host = `targets/scst_local/${target}/sessions/${session}/host`;
    for (let tries = 0; tries < MOST_WAITS && !('errno' in (await outcomeOf(() => this.#machine.tree.readlink(host)))); tries += 1) await this.#machine.settle();
    return { kind: 'write', errno };
  }

  /** The errno of a write, or undefined. */
  async #write(path: string, data: Uint8Array): Promise<string | undefined> {
    const outcome: Outcome<number> = await outcomeOf(() => this.#machine.tree.write(path, data));
    await this.#machine.settle();
    return 'errno' in outcome ? outcome.errno : undefined;
  }
}
