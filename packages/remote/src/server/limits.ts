/** Bounds of a server. Requests beyond them are refused or wait; they never grow the server's memory without end. */
export interface ServerLimits {
  /** Connections at a time. More are closed at once. Default: 512. */
  connections?: number | undefined;
  /** Requests being worked on at a time. More are answered with 503. Default: 512. */
  requests?: number | undefined;
  /** Bytes of a request's body other than of a SCSI command. Default: 64 KiB. */
  body?: number | undefined;
  /** Bytes of data, each way, of one SCSI command. Default: 16 MiB. */
  data?: number | undefined;
  /** Bytes of data, each way, of all SCSI commands at a time, answers not yet taken by slow readers included. More commands wait. Default: 128 MiB. */
  totalData?: number | undefined;
  /** Files and logical units held open at a time. Default: 1024. */
  handles?: number | undefined;
  /** Milliseconds after which a handle of no lease that was not used is closed. Default: 60 000. */
  handleIdle?: number | undefined;
  /** Milliseconds for a request's header to arrive. Default: 10 000. */
  headerTimeout?: number | undefined;
  /** Milliseconds for a request to arrive as a whole. Default: 120 000. */
  requestTimeout?: number | undefined;
  /** Milliseconds a connection may stay without a request. Default: 120 000. */
  idleTimeout?: number | undefined;
  /** Milliseconds for a finished answer to be taken by the client. Default: 60 000. */
  answerTimeout?: number | undefined;
  /** Milliseconds for work in flight to end when the server closes, before it is aborted. Default: 10 000. */
  drainTimeout?: number | undefined;
}

export type Limits = { readonly [name in keyof Required<ServerLimits>]: number };

const MIB = 1024 * 1024;

const DEFAULTS: Limits = {
  connections: 512,
  requests: 512,
  body: 64 * 1024,
  data: 16 * MIB,
  totalData: 128 * MIB,
  handles: 1024,
  handleIdle: 60_000,
  headerTimeout: 10_000,
  requestTimeout: 120_000,
  idleTimeout: 120_000,
  answerTimeout: 60_000,
  drainTimeout: 10_000,
};

/** The limits with what was not given filled in. */
export const withDefaults = (given: ServerLimits = {}): Limits => {
  const limits: Record<keyof Limits, number> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Limits)[]) limits[name] = given[name] ?? DEFAULTS[name];
  return limits;
};
