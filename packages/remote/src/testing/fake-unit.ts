import { TransportError, type CommandRequest, type CommandResult, type LogicalUnit, type ResetKind } from '@scst/scsi';

type Execute = (request: CommandRequest) => Promise<CommandResult>;

/** A logical unit that notes what it is asked and answers as a test tells it to. */
export class FakeUnit implements LogicalUnit {
  readonly description: string;
  readonly requests: CommandRequest[] = [];
  readonly resets: ResetKind[] = [];
  closed = 0;
  readonly #execute: Execute;

  constructor(execute: Execute = () => Promise.resolve(good()), description = 'fake/session/0') {
    this.#execute = execute;
    this.description = description;
  }

  execute(request: CommandRequest): Promise<CommandResult> {
    this.requests.push(request);
    return this.#execute(request);
  }

  reset(kind: ResetKind): Promise<void> {
    this.resets.push(kind);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

export const good = (result: Partial<CommandResult> = {}): CommandResult => ({ status: 0, sense: new Uint8Array(), residual: 0, dataIn: new Uint8Array(), ...result });

/** Runs until it is aborted. */
export const untilAborted: Execute = ({ signal }) =>
  new Promise((_resolve, reject) => {
    const abort = (): void => { reject(new TransportError('ABORTED', 'aborted')); };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
  });
