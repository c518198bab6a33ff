/** Bounds of a server: what peers can make it hold, and how long they may take. */
export interface IscsiLimits {
  /** Connections at a time, logged in or not. Default: 1024. */
  readonly connections?: number | undefined;
  /** Connections that have not logged in yet, of one remote address. Default: 64. */
  readonly loginsPerAddress?: number | undefined;
  /** Sessions at a time. Default: 512. */
  readonly sessions?: number | undefined;
  /** Milliseconds from the first byte of a connection to the end of its login. Default: 15 000. */
  readonly loginTimeout?: number | undefined;
  /** Milliseconds for a PDU to arrive as a whole. Default: 60 000. */
  readonly pduTimeout?: number | undefined;
  /** Milliseconds for the peer to take something of what is being sent. Default: 60 000. */
  readonly sendTimeout?: number | undefined;
  /** Bytes of all texts of one negotiation, a login or a text request with its continuations. Default: 64 KiB. */
  readonly textLength?: number | undefined;
  /** PDUs of one login. Default: 32. */
  readonly loginRequests?: number | undefined;
  /** Bytes one command may move each way. Default: 32 MiB. */
  readonly transferLength?: number | undefined;
  /** Bytes of buffers one session's commands may hold; more commands wait. Default: 64 MiB. */
  readonly sessionMemory?: number | undefined;
  /**
   * Bytes of buffers of all connections, what waits to be sent included. Beyond them a command waits, unless it is small and its
   * session's only one. No less than what two of the longest commands take. Default: 1 GiB.
   */
  readonly totalMemory?: number | undefined;
  /** Immediate commands and functions of a session at a time; more are rejected. Default: 64. */
  readonly immediateCommands?: number | undefined;
  /** Bytes that wait to be sent to a peer before nothing more is read from it, nor for it from the device. Default: 4 MiB. */
  readonly sendBacklog?: number | undefined;
}

export type Limits = { readonly [name in keyof Required<IscsiLimits>]: number };

const KIB = 1024;
const MIB = 1024 * KIB;

const DEFAULTS: Limits = {
  connections: 1024,
  loginsPerAddress: 64,
  sessions: 512,
  loginTimeout: 15_000,
  pduTimeout: 60_000,
  sendTimeout: 60_000,
  textLength: 64 * KIB,
  loginRequests: 32,
  transferLength: 32 * MIB,
  sessionMemory: 64 * MIB,
  totalMemory: 1024 * MIB,
  immediateCommands: 64,
  sendBacklog: 4 * MIB,
};

/** The limits with what was not given filled in. */
export function withDefaults(given: IscsiLimits = {}): Limits {
  const limits: Record<keyof Limits, number> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Limits)[]) limits[name] = given[name] ?? DEFAULTS[name];
  // A command that finds nobody else must find room.
  limits.totalMemory = Math.max(limits.totalMemory, 2 * limits.transferLength);
  return limits;
}
