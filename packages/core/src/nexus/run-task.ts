import { type CommandRequest, type CommandResult, STATUS, TransportError } from '@scst/scsi';
import type { ScsiTask } from './task.js';

const NOTHING = new Uint8Array(0);

/** How a task is started, and given up by its caller or by the clock; it is completed as aborted then. */
export interface TaskRunner {
  submit(task: ScsiTask): void;
  abort(task: ScsiTask): void;
}

/** Runs a request as a task, with its abort signal and its time limit. Rejects with a `TransportError`: `ABORTED`, `TIMEOUT`. */
export async function runTask(runner: TaskRunner, request: CommandRequest, description: string): Promise<CommandResult> {
  const { signal, timeout } = request;
  if (signal?.aborted === true) throw new TransportError('ABORTED', `${description}: aborted before it was sent`);
  const dataIn = orNull(request.dataIn);
  return await new Promise<CommandResult>((resolve, reject) => {
    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    const task: ScsiTask = {
      cdb: request.cdb,
      dataIn,
      dataOut: orNull(request.dataOut),
      attribute: request.attribute ?? 'simple',
      status: STATUS.GOOD,
      sense: NOTHING,
      residual: 0,
      aborted: false,
      done: ({ status, sense, residual, aborted }) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        if (!aborted) resolve({ status, sense, residual, dataIn: dataIn === null ? NOTHING : filled(dataIn, residual) });
        else if (timedOut) reject(new TransportError('TIMEOUT', `${description}: no status within ${String(timeout)} ms`));
        else reject(new TransportError('ABORTED', `${description}: the command was aborted`));
      },
    };
    const giveUp = (): void => {
      runner.abort(task);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    if (timeout !== undefined && Number.isFinite(timeout)) {
      timer = setTimeout(() => {
        timedOut = true;
        giveUp();
      }, timeout);
    }
    runner.submit(task);
  });
}

/** An empty buffer is none. */
function orNull(buffer: Uint8Array | undefined): Uint8Array | null {
  return buffer === undefined || buffer.length === 0 ? null : buffer;
}

/** The part of the buffer that holds data; the residual is negative where the command had more to give than fits. */
function filled(dataIn: Uint8Array, residual: number): Uint8Array {
  return dataIn.subarray(0, Math.min(dataIn.length - residual, dataIn.length));
}
