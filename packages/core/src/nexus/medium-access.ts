import type { ActiveCommand } from './active-command.js';

/**
 * Keeps commands that touch the same blocks apart where one of them is atomic (COMPARE AND WRITE): it starts once those before
 * it have ended, and those after it wait for it. While no atomic command is there this costs nothing.
 */
export class MediumAccess {
  readonly #commands: () => Iterable<ActiveCommand>;
  #waiting: ActiveCommand[] = [];
  /** Atomic commands, at work or waiting. */
  #atomic = 0;

  /** `commands` lists the device's commands, those at work among them. */
  constructor(commands: () => Iterable<ActiveCommand>) {
    this.#commands = commands;
  }

  /** True: the command is on the medium. False: it waits, and {@link leave} of others will let it in. */
  enter(command: ActiveCommand): boolean {
    if (command.row.atomic === true) this.#atomic++;
    if (this.#atomic > 0 && !this.#isFree(command, this.#waiting)) {
      command.onMedium = 'waiting';
      this.#waiting.push(command);
      return false;
    }
    command.onMedium = 'at work';
    return true;
  }

  /** A command that had entered has ended. Returns those that may go on now. */
  leave(command: ActiveCommand): readonly ActiveCommand[] {
    command.onMedium = 'no';
    if (command.row.atomic === true) this.#atomic--;
    if (this.#waiting.length === 0) return NONE;
    const free: ActiveCommand[] = [];
    const waiting: ActiveCommand[] = [];
    for (const candidate of this.#waiting) {
      if (candidate === command) continue;
      if (this.#isFree(candidate, waiting)) {
        candidate.onMedium = 'at work';
        free.push(candidate);
      } else {
        waiting.push(candidate);
      }
    }
    this.#waiting = waiting;
    return free;
  }

  #isFree(command: ActiveCommand, before: readonly ActiveCommand[]): boolean {
    if (before.some((other) => excludes(command, other))) return false;
    for (const other of this.#commands()) {
      if (other.onMedium === 'at work' && other !== command && excludes(command, other)) return false;
    }
    return true;
  }
}

const NONE: readonly ActiveCommand[] = [];

function excludes(left: ActiveCommand, right: ActiveCommand): boolean {
  if (left.row.atomic !== true && right.row.atomic !== true) return false;
  const [leftStart, leftEnd] = range(left);
  const [rightStart, rightEnd] = range(right);
  return leftStart < rightEnd && rightStart < leftEnd;
}

/** A command whose blocks are not named in its CDB, as UNMAP's are not, may touch any. */
function range({ row, position, rangeLength }: ActiveCommand): readonly [number, number] {
  return row.lba === undefined ? [0, Infinity] : [position, position + rangeLength];
}
