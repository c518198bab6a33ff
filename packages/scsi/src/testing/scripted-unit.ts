import { expect } from 'vitest';
import { STATUS, type CommandRequest, type CommandResult, type LogicalUnit } from '../logical-unit.js';
import { fromHex, hex } from './arbitraries.js';

/** One command that is expected, and what is answered. All bytes in hex. */
export interface ScriptStep {
  readonly cdb: string;
  /** Data-out that must come with it. */
  readonly out?: string;
  /** Data-in that is given, as far as the buffer goes. */
  readonly in?: string;
  /** Default: GOOD, or CHECK CONDITION with sense. */
  readonly status?: number;
  readonly sense?: string;
  readonly residual?: number;
}

/** A logical unit that expects the commands of a script in their order and answers as it says. */
export class ScriptedUnit implements LogicalUnit {
  readonly description = 'script';
  readonly requests: CommandRequest[] = [];
  readonly #steps: ScriptStep[];

  constructor(...steps: ScriptStep[]) {
    this.#steps = steps;
  }

  execute(request: CommandRequest): Promise<CommandResult> {
    this.requests.push(request);
    const step = this.#steps.shift();
    expect(hex(request.cdb)).toBe(step?.cdb.replaceAll(' ', ''));
    expect(request.dataOut === undefined ? undefined : hex(request.dataOut)).toBe(step?.out?.replaceAll(' ', ''));
    const given = fromHex(step?.in ?? '').subarray(0, request.dataIn?.length ?? 0);
    request.dataIn?.set(given);
    return Promise.resolve({
      status: step?.status ?? (step?.sense === undefined ? STATUS.GOOD : STATUS.CHECK_CONDITION),
      sense: fromHex(step?.sense ?? ''),
      residual: step?.residual ?? (request.dataIn?.length ?? 0) - given.length,
      dataIn: request.dataIn?.subarray(0, given.length) ?? new Uint8Array(0),
    });
  }

  /** Fails unless every step of the script was taken. */
  done(): void {
    expect(this.#steps).toEqual([]);
  }

  reset(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
