import { type CommandRequest, type CommandResult, type LogicalUnit, type ResetKind, STATUS, type TaskAttribute, TransportError } from '@scst/scsi';
import { executeUnmapped } from '../commands/unmapped-lun.js';
import { type CoreContext, type SessionObject } from './objects.js';
import { type ScsiTask } from './task.js';

const NOTHING = new Uint8Array(0);

/**
 * One LUN of a session as a `LogicalUnit`. It stands for the number, not for the mapping: LUNs may come, go and be replaced
 * under it, and an unmapped one answers as SCST answers for it (SPEC 10).
 */
export class NexusLogicalUnit implements LogicalUnit {
  readonly description: string;
  readonly #core: CoreContext;
  readonly #session: SessionObject;
  readonly #lun: number;
  readonly #inFlight = new Set<Promise<unknown>>();
  #closed = false;

  constructor(core: CoreContext, session: SessionObject, lun: number) {
    this.#core = core;
    this.#session = session;
    this.#lun = lun;
    this.description = `${session.target.name}/${session.name}/${lun}`;
  }

  async execute(request: CommandRequest): Promise<CommandResult> {
    if (this.#closed) throw new TransportError('CLOSED', `${this.description} is closed`);
    const running = this.#run(request);
    this.#inFlight.add(running);
    try {
      return await running;
    } finally {
      this.#inFlight.delete(running);
    }
  }

  async #run(request: CommandRequest): Promise<CommandResult> {
    return await new Promise<CommandResult>((resolve, reject) => {
      const dataIn = request.dataIn !== undefined && request.dataIn.length > 0 ? request.dataIn : null;
      const dataOut = request.dataOut !== undefined && request.dataOut.length > 0 ? request.dataOut : null;
      this.submit({
        cdb: request.cdb,
        dataIn,
        dataOut,
        attribute: request.attribute ?? 'simple',
        status: STATUS.GOOD,
        sense: NOTHING,
        residual: 0,
        aborted: false,
        done: (task) => {
          if (task.aborted) reject(new TransportError('ABORTED', `${this.description}: the command was aborted`));
          else resolve({ status: task.status, sense: task.sense, residual: task.residual, dataIn: dataIn === null ? NOTHING : dataIn.subarray(0, Math.min(dataIn.length - task.residual, dataIn.length)) });
        },
      });
    });
  }

  /** Starts a command without a promise; for those who send many. */
  submit(task: ScsiTask): void {
    if (this.#core.suspended) {
      this.#core.onResume(() => {
        this.submit(task);
      });
      return;
    }
    const nexus = this.#session.nexuses.get(this.#lun);
    if (nexus === undefined) executeUnmapped(this.#session, task);
    else nexus.submit(task);
  }

  async reset(kind: ResetKind): Promise<void> {
    if (this.#closed) throw new TransportError('CLOSED', `${this.description} is closed`);
    const nexus = this.#session.nexuses.get(this.#lun);
    if (nexus === undefined) throw new TransportError('REFUSED', `${this.description}: no such LUN`);
    await nexus.server.reset(kind, nexus);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#inFlight);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export type { TaskAttribute };
