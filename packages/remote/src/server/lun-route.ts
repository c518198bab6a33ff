import { TransportError, type CommandResult, type LogicalUnit, type ResetKind } from '@scst/scsi';
import { COMMAND_HEADER_LENGTH, decodeCommand, decodeCommandHeader, encodeResult, LONGEST_CDB } from '../protocol/frame.js';
import { RemoteError } from '../protocol/remote-error.js';
import { LEASE_HEADER } from '../protocol/version.js';
import type { Budget } from './budget.js';
import type { Exchange } from './exchange.js';
import { giveHandle } from './give-handle.js';
import type { Handles } from './handles.js';
import { pathParameters, wrongMethod } from './route.js';
import { Tasks } from './tasks.js';

/**
 * Finds the logical unit of an I_T_L nexus. The one that is given belongs to the server, which closes it when the client lets go.
 *
 * @returns undefined when there is none.
 */
export type LunResolver = (target: string, session: string, lun: number) => LogicalUnit | undefined | Promise<LogicalUnit | undefined>;

/** A logical unit held open for a client, with its tasks in flight. */
export class HeldUnit implements AsyncDisposable {
  readonly tasks = new Tasks();

  constructor(readonly unit: LogicalUnit) {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.tasks.abortAll();
    await this.unit.close();
  }
}

const isUnit = (value: AsyncDisposable): value is HeldUnit => value instanceof HeldUnit;

export interface LunRouteOptions {
  readonly luns: LunResolver;
  readonly handles: Handles;
  readonly budgets: { readonly out: Budget; readonly in: Budget };
  /** Bytes of data, each way, of one command. */
  readonly dataLimit: number;
}

/**
 * `/lun/TARGET/SESSION/LUN`: `POST` opens it and gives the id under which it is then known. `POST …/execute` and
 * `POST …/reset?kind=` do one thing with it and let go of it again.
 */
export const lunRoute = async (exchange: Exchange, options: LunRouteOptions): Promise<void> => {
  const [target, session, lunText, action, ...others] = pathParameters(exchange);
  if (target === undefined || session === undefined || lunText === undefined || others.length > 0) {
    throw new RemoteError('ERR_NOT_FOUND', `there is no ${exchange.path}; a logical unit is /lun/TARGET/SESSION/LUN`);
  }
  if (!/^\d{1,15}$/u.test(lunText)) throw new RemoteError('ERR_BAD_REQUEST', `“${lunText}” is no LUN`);
  if (exchange.method !== 'POST') throw wrongMethod(exchange);
  const place = `${target}/${session}/${lunText}`;
  options.handles.checkRoom(place);
  const unit = await options.luns(target, session, Number(lunText));
  if (unit === undefined) throw new TransportError('GONE', `there is no logical unit ${place}`);
  const held = new HeldUnit(unit);
  if (action === undefined) {
    const id = await options.handles.add(held, exchange.header(LEASE_HEADER), place);
    await giveHandle(exchange, options.handles, id, { description: unit.description, dataLimit: options.dataLimit });
    return;
  }
  try {
    await act(exchange, held, action, options);
  } finally {
    await held[Symbol.asyncDispose]();
  }
};

/** `/units/ID`: `POST …/execute`, `POST …/reset?kind=`, `POST …/abort?task=`; `DELETE` lets go of it. */
export const unitRoute = async (exchange: Exchange, options: LunRouteOptions): Promise<void> => {
  const [id = '', action, ...others] = pathParameters(exchange);
  if (others.length > 0) throw new RemoteError('ERR_NOT_FOUND', `there is no ${exchange.path}`);
  if (exchange.method === 'DELETE' && action === undefined) {
    await options.handles.remove(id);
    await exchange.sendJson(undefined);
    return;
  }
  if (exchange.method !== 'POST' || action === undefined) throw wrongMethod(exchange);
  await options.handles.use(id, isUnit, (held) => act(exchange, held, action, options));
};

const act = async (exchange: Exchange, held: HeldUnit, action: string, options: LunRouteOptions): Promise<void> => {
  switch (action) {
    case 'execute':
      await execute(exchange, held, options);
      return;
    case 'reset':
      await held.unit.reset(resetKind(exchange.query.get('kind')));
      await exchange.sendJson(undefined);
      return;
    case 'abort':
      held.tasks.abort(Number(exchange.query.get('task')));
      await exchange.sendJson(undefined);
      return;
    default:
      throw new RemoteError('ERR_NOT_FOUND', `there is no ${exchange.path}`);
  }
};

const resetKind = (text: string | null): ResetKind => {
  if (text === 'lun' || text === 'target') return text;
  throw new RemoteError('ERR_BAD_REQUEST', 'kind is lun or target');
};

/**
 * Executes the command of a request's body. Its data-out is taken from the budget before a byte of the body is read, its data-in
 * before the command begins, and both are given back when the client has taken the answer; so neither many commands nor slow readers
 * make the server grow. The two directions have a budget each: commands that hold the one and wait for the other could otherwise
 * wait for each other.
 */
const execute = async (exchange: Exchange, held: HeldUnit, { budgets, dataLimit }: LunRouteOptions): Promise<void> => {
  const length = exchange.announcedLength;
  const longest = COMMAND_HEADER_LENGTH + LONGEST_CDB + dataLimit;
  if (length === undefined) throw new RemoteError('ERR_BAD_REQUEST', 'a command needs a Content-Length');
  if (length > longest) throw tooMuch(dataLimit);
  const giveBackOut = await budgets.out.take(length, exchange.signal);
  try {
    const body = await exchange.body(longest);
    const { dataInLength } = decodeCommandHeader(body);
    if (dataInLength > dataLimit) throw tooMuch(dataLimit);
    const giveBackIn = await budgets.in.take(dataInLength, exchange.signal);
    try {
      const result = await perform(held, body, exchange.signal);
      await exchange.sendBytes(encodeResult(result), result.dataIn);
    } finally {
      giveBackIn();
    }
  } finally {
    giveBackOut();
  }
};

const perform = async ({ unit, tasks }: HeldUnit, body: Uint8Array, client: AbortSignal): Promise<CommandResult> => {
  const { cdb, dataOut, dataInLength, attribute, timeout, task } = decodeCommand(body);
  const signal = tasks.begin(task, client);
  try {
    return await unit.execute({
      cdb,
      dataOut: dataOut.length === 0 ? undefined : dataOut,
      dataIn: dataInLength === 0 ? undefined : new Uint8Array(dataInLength),
      attribute,
      timeout: timeout === 0 ? undefined : timeout,
      signal,
    });
  } finally {
    tasks.end(task);
  }
};

const tooMuch = (limit: number): RemoteError => new RemoteError('ERR_LIMIT', `a command moves at most ${limit} bytes each way`);
