import type { ActiveCommand } from './active-command.js';
import type { Nexus } from './nexus.js';

/**
 * A task set (SAM-6 8): decides when a command may start. Commands of SIMPLE attribute run side by side, an ORDERED one waits
 * for everything older and holds back everything newer, a HEAD OF QUEUE one never waits and holds back what has not started.
 *
 * While an auto contingent allegiance is established (SAM-6 5.10) nothing starts but what is allowed in spite of it.
 *
 * A list threaded through the commands themselves, in the order of arrival.
 */
export class TaskSet {
  /** The faulted nexus while an auto contingent allegiance exists. */
  faulted: Nexus | null = null;
  /** The command of ACA attribute that is at work; there may be one. */
  acaCommand: ActiveCommand | null = null;
  #first: ActiveCommand | null = null;
  #last: ActiveCommand | null = null;
  #ordered = 0;
  #headOfQueue = 0;

  get isEmpty(): boolean {
    return this.#first === null;
  }

  /** The commands at this moment, oldest first. */
  members(): ActiveCommand[] {
    const members: ActiveCommand[] = [];
    for (let member = this.#first; member !== null; member = member.newer) members.push(member);
    return members;
  }

  /** Takes a command in. True: it may start. False: it is `queued`, and the end of others will start it. */
  add(command: ActiveCommand): boolean {
    let mayStart = true;
    switch (command.attribute) {
      case 'simple':
        mayStart = this.#ordered === 0 && this.#headOfQueue === 0;
        break;
      case 'ordered':
        mayStart = this.#first === null;
        this.#ordered++;
        break;
      case 'head-of-queue':
        this.#headOfQueue++;
        break;
      case 'aca':
        break;
    }
    command.queued = !mayStart;
    command.older = this.#last;
    command.newer = null;
    if (this.#last === null) this.#first = command;
    else this.#last.newer = command;
    this.#last = command;
    return mayStart;
  }

  /** Takes an ended command out and calls `start` for every command that may start now. */
  remove(command: ActiveCommand, start: (command: ActiveCommand) => void): void {
    const { older, newer, attribute } = command;
    if (older === null) this.#first = newer;
    else older.newer = newer;
    if (newer === null) this.#last = older;
    else newer.older = older;
    command.older = command.newer = null;
    if (this.acaCommand === command) this.acaCommand = null;
    if (attribute === 'ordered') this.#ordered--;
    else if (attribute === 'head-of-queue') this.#headOfQueue--;
    else if (this.#ordered === 0) return;
    this.startQueued(start);
  }

  /** Calls `start` for every queued command whose turn it is. */
  startQueued(start: (command: ActiveCommand) => void): void {
    if (this.#headOfQueue > 0 || this.faulted !== null) return;
    const ready: ActiveCommand[] = [];
    for (let member = this.#first; member !== null; member = member.newer) {
      if (member.attribute === 'ordered') {
        if (member === this.#first && member.queued) ready.push(member);
        break;
      }
      if (member.queued) ready.push(member);
    }
    for (const member of ready) {
      if (!member.queued) continue;
      member.queued = false;
      start(member);
    }
  }
}
