import { type IoSample, type IoTotals, type LunSample, type SessionSample, type StatisticsSample } from './sample.js';

/** What one direction moves. */
export interface IoRate {
  /** Commands a second. */
  readonly commands: number;
  /** Bytes a second. */
  readonly bytes: number;
}

/** What went on between two samples. */
export interface IoRates {
  readonly read: IoRate;
  readonly write: IoRate;
  readonly other: IoRate;
  readonly total: IoRate;
  /** Mean microseconds of the commands that ended in between; undefined where none ended, or nobody measures. */
  readonly latency: number | undefined;
}

export interface LunRates extends Pick<LunSample, 'lun' | 'device' | 'active'> {
  /** Undefined where nobody counts by LUN. */
  readonly io: IoRates | undefined;
}

export interface SessionRates extends Omit<SessionSample, 'io' | 'luns'> {
  readonly io: IoRates;
  readonly luns: readonly LunRates[];
}

export interface StatisticsRates {
  /** Seconds between the samples. */
  readonly seconds: number;
  readonly measuresLatency: boolean;
  readonly sessions: readonly SessionRates[];
  /** Of all sessions together; its latency is the mean over all commands. */
  readonly total: IoRates;
}

/**
 * What went on between two samples, for each session of the later one. A counter that is lower than before was reset in between, or is
 * another session's of the same name: all that it shows is new. A session that was not there before began at nothing.
 *
 * @throws RangeError when the samples are not in order of time.
 */
export const ratesBetween = (before: StatisticsSample, after: StatisticsSample): StatisticsRates => {
  const seconds = (after.at - before.at) / 1000;
  if (!(seconds > 0)) throw new RangeError(`the second sample is ${seconds} s after the first; it must be later`);
  const byPath = new Map(before.sessions.map((session) => [session.path, session]));
  const differences: Difference[] = [];
  const sessions = after.sessions.map(({ io, luns, ...session }): SessionRates => {
    const earlier = byPath.get(session.path);
    const lunDifferences = luns.map(({ lun, device, io: now }) => (now === undefined ? undefined : differenceOf(earlier?.luns.find((other) => other.lun === lun && other.device === device)?.io, now)));
    const difference = { ...differenceOf(earlier?.io, io), ...(io.latency === undefined ? timeOf(lunDifferences) : {}) };
    differences.push(difference);
    return {
      ...session,
      io: ratesOf(difference, seconds),
      luns: luns.map(({ lun, device, active }, index) => {
        const own = lunDifferences[index];
        return { lun, device, active, io: own === undefined ? undefined : ratesOf(own, seconds) };
      }),
    };
  });
  return { seconds, measuresLatency: after.measuresLatency, sessions, total: ratesOf(sum(differences), seconds) };
};

interface Difference {
  readonly read: IoTotals;
  readonly write: IoTotals;
  readonly other: IoTotals;
  readonly timed: number;
  readonly microseconds: number;
}

/** Where nobody measures a session as a whole, its LUNs together are what is known of it. */
const timeOf = (luns: readonly (Difference | undefined)[]): Pick<Difference, 'timed' | 'microseconds'> => {
  const known = luns.filter((lun) => lun !== undefined);
  return { timed: known.reduce((total, { timed }) => total + timed, 0), microseconds: known.reduce((total, { microseconds }) => total + microseconds, 0) };
};

const NOTHING: IoTotals = { commands: 0, bytes: 0 };

const differenceOf = (before: IoSample | undefined, after: IoSample): Difference => {
  const [timed, microseconds] = timeBetween(before?.latency, after.latency);
  return {
    read: growth(before?.read, after.read),
    write: growth(before?.write, after.write),
    other: growth(before?.other, after.other),
    timed,
    microseconds,
  };
};

/** Commands and bytes are reset together, and the bytes alone may not tell. */
const growth = (before: IoTotals = NOTHING, after: IoTotals): IoTotals => {
  if (after.commands < before.commands || after.bytes < before.bytes) return after;
  return { commands: after.commands - before.commands, bytes: after.bytes - before.bytes };
};

const timeBetween = (before: IoSample['latency'], after: IoSample['latency']): readonly [number, number] => {
  if (after === undefined) return [0, 0];
  if (before === undefined || after.commands < before.commands) return [after.commands, after.microseconds];
  // The sums are rounded, so that one may seem to shrink a little.
  return [after.commands - before.commands, Math.max(0, after.microseconds - before.microseconds)];
};

const sum = (all: readonly Difference[]): Difference => {
  const add = (pick: (difference: Difference) => number): number => all.reduce((total, difference) => total + pick(difference), 0);
  const both = (direction: 'read' | 'write' | 'other'): IoTotals => ({ commands: add((one) => one[direction].commands), bytes: add((one) => one[direction].bytes) });
  return { read: both('read'), write: both('write'), other: both('other'), timed: add(({ timed }) => timed), microseconds: add(({ microseconds }) => microseconds) };
};

const ratesOf = ({ read, write, other, timed, microseconds }: Difference, seconds: number): IoRates => {
  const rate = (...parts: readonly IoTotals[]): IoRate => ({
    commands: parts.reduce((total, { commands }) => total + commands, 0) / seconds,
    bytes: parts.reduce((total, { bytes }) => total + bytes, 0) / seconds,
  });
  return { read: rate(read), write: rate(write), other: rate(other), total: rate(read, write, other), latency: timed === 0 ? undefined : microseconds / timed };
};
