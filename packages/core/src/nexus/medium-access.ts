import { type ActiveCommand } from './active-command.js';

/**
 * Keeps commands that touch the same blocks apart where one of them is atomic (COMPARE AND WRITE): it starts once those before
 * it have ended, and those after it wait for it. While no atomic command is there this costs nothing.
 */
export class MediumAccess {
  /** Commands at work on the medium; kept only while an atomic one is there. */
  readonly #atWork: () => Iterable<ActiveCommand>;
  #waiting: ActiveCommand[] = [];
  #atomic = 0;

  /** `atWork` lists the device's commands; those that are on the medium are flagged. */
  constructor(atWork: () => Iterable<ActiveCommand>) {
    this.#atWork = atWork;
  }

  /** True: the command is on the medium. False: it waits, and {@link leave} of others will start it. */
  enter(command: ActiveCommand): boolean {
    if (command.row.atomic === true) this.#atomic++;
    else if (this.#atomic === 0) {
      command.onMedium = true;
      return true;
    }
    if (!this.#isFree(command, this.#waiting)) {
      this.#waiting.push(command);
      return false;
    }
    command.onMedium = true;
    return true;
  }

  /** The command has ended, perhaps without having been let in. Returns those that may go on now. */
  leave(command: ActiveCommand): readonly ActiveCommand[] {
    command.onMedium = false;
    if (command.row.atomic === true) this.#atomic--;
    if (this.#waiting.length === 0) return [];
    const free: ActiveCommand[] = [];
    const waiting: ActiveCommand[] = [];
    for (const candidate of this.#waiting) {
      if (candidate === command) continue;
      if (this.#isFree(candidate, waiting)) {
        candidate.onMedium = true;
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
    for (const other of this.#atWork()) if (other.onMedium && other !== command && excludes(command, other)) return false;
    return true;
  }
}

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
