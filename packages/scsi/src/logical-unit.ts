/**
 * The data seam: a logical unit as one initiator sees it, an I_T_L nexus (SAM-6 4.6), executing SCSI commands.
 * An SG_IO device is one; a nexus of the user-space core is one; so is the client of either over a socket.
 *
 * ## Contract, for those who implement it
 *
 * - `execute` resolves with whatever status the logical unit gave: CHECK CONDITION, BUSY and RESERVATION CONFLICT are results.
 *   It rejects only when no status could be had: {@link TransportError}.
 * - Commands started without awaiting run concurrently; SAM-6's task attributes decide their order. A caller that needs one
 *   command to be seen before the next awaits.
 * - `dataOut` belongs to the logical unit until the command has completed; it is not written to. `dataIn` is filled in place.
 * - `dataIn.length` is the size of the data-in buffer the initiator offers; absent or empty means none. Neither buffer
 *   means the initiator declares no data phase.
 * - `residual` is offered bytes less bytes moved; it is negative where the CDB asked for more data-out than was sent.
 * - An aborted signal aborts the task (ABORT TASK); the promise then rejects with a {@link TransportError} of code `ABORTED`.
 */
export interface LogicalUnit extends AsyncDisposable {
  /** For people: `scst_local_tgt/scst_local_host/0`, `/dev/sg2`. */
  readonly description: string;
  execute(request: CommandRequest): Promise<CommandResult>;
  /** Task management (SAM-6 7): LUN RESET, TARGET RESET (where the transport has it). */
  reset(kind: ResetKind): Promise<void>;
  /** Lets go of the device. Commands in flight are completed or aborted first. */
  close(): Promise<void>;
}

export interface CommandRequest {
  /** 6 to 260 bytes. */
  readonly cdb: Uint8Array;
  /** Data-out: what is sent to the device. */
  readonly dataOut?: Uint8Array | undefined;
  /** Data-in: the buffer offered to the device. */
  readonly dataIn?: Uint8Array | undefined;
  /** SAM-6 8.2. Default: `simple`. */
  readonly attribute?: TaskAttribute | undefined;
  /** Milliseconds after which the initiator gives up on the command. Default: the device's own. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult {
  /** SAM-6 status code: {@link STATUS}. */
  readonly status: number;
  /** Sense data exactly as delivered, empty when there is none. */
  readonly sense: Uint8Array;
  /** Offered bytes less bytes moved. */
  readonly residual: number;
  /** The filled part of the data-in buffer (a view on it); empty where no data-in was moved. */
  readonly dataIn: Uint8Array;
}

export type TaskAttribute = 'simple' | 'ordered' | 'head-of-queue' | 'aca';
export type ResetKind = 'lun' | 'target';

/** No status could be had of the device. */
export class TransportError extends Error {
  readonly code: 'ABORTED' | 'CLOSED' | 'TIMEOUT' | 'GONE' | 'REFUSED' | 'FAILED';
  constructor(code: TransportError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** Status codes, SAM-6 table 44. */
export const STATUS = {
  GOOD: 0x00,
  CHECK_CONDITION: 0x02,
  CONDITION_MET: 0x04,
  BUSY: 0x08,
  RESERVATION_CONFLICT: 0x18,
  TASK_SET_FULL: 0x28,
  ACA_ACTIVE: 0x30,
  TASK_ABORTED: 0x40,
} as const;
