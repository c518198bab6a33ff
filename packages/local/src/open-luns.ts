import { type ScstCore } from '@scst/core';
import { type CommandRequest, type CommandResult, type LogicalUnit, type ResetKind } from '@scst/scsi';
import { encodeName, toByteString } from '@scst/sysfs';

/** The LUNs of a core that programs have open, by the names of target and session. */
export class OpenLuns {
  readonly #counts = new Map<string, number>();

  /** Opens a LUN of the core. Throws `ScstError` `ENOENT` for a target or session there is not. */
  open(core: ScstCore, target: string, session: string, lun: number): LogicalUnit {
    const [targetBytes, sessionBytes] = [toByteString(encodeName(target)), toByteString(encodeName(session))];
    const unit = core.nexus(targetBytes, sessionBytes, lun);
    const key = keyOf(targetBytes, sessionBytes, lun);
    this.#add(key, 1);
    return new CountedLun(unit, () => {
      this.#add(key, -1);
    });
  }

  /** How often a LUN is open. Names as the core has them, as byte strings. */
  count(target: string, session: string, lun: number): number {
    return this.#counts.get(keyOf(target, session, lun)) ?? 0;
  }

  #add(key: string, change: number): void {
    const count = (this.#counts.get(key) ?? 0) + change;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}

/** A name may hold anything but a NUL. */
const keyOf = (target: string, session: string, lun: number): string => [target, session, lun].join('\0');

const byCore = new WeakMap<ScstCore, OpenLuns>();

/** The open LUNs of a core, whoever opened them in this process. */
export const openLunsOf = (core: ScstCore): OpenLuns => {
  const known = byCore.get(core) ?? new OpenLuns();
  byCore.set(core, known);
  return known;
};

/** A logical unit that tells when it is closed. */
class CountedLun implements LogicalUnit {
  readonly #unit: LogicalUnit;
  #closed: (() => void) | undefined;

  constructor(unit: LogicalUnit, closed: () => void) {
    this.#unit = unit;
    this.#closed = closed;
  }

  get description(): string {
    return this.#unit.description;
  }

  execute(request: CommandRequest): Promise<CommandResult> {
    return this.#unit.execute(request);
  }

  reset(kind: ResetKind): Promise<void> {
    return this.#unit.reset(kind);
  }

  async close(): Promise<void> {
    this.#closed?.();
    this.#closed = undefined;
    await this.#unit.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
