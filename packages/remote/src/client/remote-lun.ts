import { TransportError, type CommandRequest, type CommandResult, type LogicalUnit, type ResetKind } from '@scst/scsi';
import { encodeCommand, LONGEST_CDB, ResultReader } from '../protocol/frame.js';
import { RemoteError, type RemoteErrorCode } from '../protocol/remote-error.js';
import type { Transport } from './transport.js';

/** What the server tells of a logical unit it has opened. */
export interface OpenedUnit {
  readonly id: string;
  readonly description: string;
  /** Bytes of data, each way, the server takes with one command. */
  readonly dataLimit: number;
}

/** Milliseconds for an aborted command to end on the server before the client cuts the connection, which aborts it as well. */
const ABORT_GRACE = 5000;

/** Milliseconds the client waits beyond a command's own timeout, for the device's answer that it has timed out. */
const TIMEOUT_GRACE = 5000;

const LARGEST_U32 = 0xffffffff;

const TRANSPORT_CODE: Partial<Record<RemoteErrorCode, TransportError['code']>> = {
  ERR_NO_SERVER: 'GONE',
  ERR_CLOSING: 'GONE',
  ERR_TIMEOUT: 'TIMEOUT',
  ERR_LIMIT: 'REFUSED',
  ERR_BAD_REQUEST: 'REFUSED',
  ERR_NOT_FOUND: 'GONE',
};

/** A logical unit behind a socket. Commands run concurrently, each over a connection of its own out of a pool. */
export class RemoteLun implements LogicalUnit {
  readonly description: string;
  readonly #transport: Transport;
  readonly #url: string;
  readonly #dataLimit: number;
  #lastTask = 0;
  #closed: Promise<void> | undefined;

  /** @internal Opened by connect(). */
  constructor(transport: Transport, { id, description, dataLimit }: OpenedUnit) {
    this.#transport = transport;
    this.#url = `/units/${id}`;
    this.#dataLimit = dataLimit;
    this.description = description;
  }

  async execute({ cdb, dataOut = NOTHING, dataIn = NOTHING, attribute = 'simple', timeout = 0, signal }: CommandRequest): Promise<CommandResult> {
    this.#checkOpen();
    if (isAborted(signal)) throw aborted(signal);
    if (cdb.length === 0 || cdb.length > LONGEST_CDB) throw new TransportError('REFUSED', `a CDB has 1 to ${LONGEST_CDB} bytes, not ${cdb.length}`);
    const longest = Math.max(dataOut.length, dataIn.length);
    if (longest > this.#dataLimit) throw new TransportError('REFUSED', `the server moves at most ${this.#dataLimit} bytes with one command, not ${longest}`);
    const task = (this.#lastTask = (this.#lastTask % LARGEST_U32) + 1);
    const limit = Math.min(Math.ceil(timeout), LARGEST_U32);
    const header = encodeCommand({ cdb, dataOutLength: dataOut.length, dataInLength: dataIn.length, attribute, timeout: limit, task });
    const cut = new AbortController();
    const onAbort = (): void => { this.#abort(task, cut); };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#transport.send(
        {
          method: 'POST',
          path: `${this.#url}/execute`,
          pool: 'data',
          body: [header, dataOut],
          signal: cut.signal,
          timeout: limit === 0 ? undefined : limit + TIMEOUT_GRACE,
        },
        new ResultReader(dataIn),
      );
    } catch (error) {
      throw isAborted(signal) ? aborted(signal) : toTransportError(error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      // Nothing is left to be cut; this ends the grace of an abort.
      cut.abort();
    }
  }

  async reset(kind: ResetKind): Promise<void> {
    this.#checkOpen();
    try {
      await this.#transport.json({ method: 'POST', path: `${this.#url}/reset?kind=${kind}`, pool: 'writes' });
    } catch (error) {
      throw toTransportError(error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#transport.json({ method: 'DELETE', path: this.#url, pool: 'writes' }).then(
      () => undefined,
      // Where the server is gone the unit is closed as well.
      () => undefined,
    );
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new TransportError('CLOSED', `${this.description} has been closed`);
  }

  /**
   * Has a task aborted. The command's own answer then says that it has ended, so that what the caller does next comes after the
   * abort; only when that takes long is the connection cut.
   */
  #abort(task: number, cut: AbortController): void {
    this.#transport.json({ method: 'POST', path: `${this.#url}/abort?task=${task}`, pool: 'writes' }).catch(() => { cut.abort(); });
    const grace = setTimeout(() => { cut.abort(); }, ABORT_GRACE);
    cut.signal.addEventListener('abort', () => { clearTimeout(grace); }, { once: true });
  }
}

const NOTHING = new Uint8Array();

/** A function of its own, since the compiler takes what was tested before an await for granted after it. */
const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

const aborted = (signal: AbortSignal | undefined): TransportError => new TransportError('ABORTED', 'the command was aborted', { cause: signal?.reason });

const toTransportError = (error: unknown): TransportError => {
  if (error instanceof TransportError) return error;
  const code = error instanceof RemoteError ? TRANSPORT_CODE[error.code] : undefined;
  return new TransportError(code ?? 'FAILED', error instanceof Error ? error.message : String(error), { cause: error });
};
