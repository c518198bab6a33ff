import { DIRECTIONS, type Direction, type SessionSurvey, type Survey } from '../survey/types.js';
import { BoundedMap } from './bounded-map.js';
import { COUNTERS, DirectionFollower, type DirectionTotal, noTotal } from './direction-total.js';
import { LatencyFollower } from './latency-follower.js';

/** Totals by direction. */
export type ScopeTotal = ReadonlyMap<Direction, DirectionTotal>;

/** What is kept of a session from scrape to scrape. */
export interface SessionTotal {
  readonly directions: Map<Direction, DirectionFollower>;
  readonly latency: LatencyFollower;
  transportId: string | undefined;
  /** The last scrape saw that the session was not there. */
  gone: boolean;
}

/** Drivers, targets and groups that are remembered, at least: who administers makes them, not who logs in. */
const MOST_SCOPES = 20_000;

/**
 * Counters that never fall, whatever happens to SCST's: those are zeroed when somebody writes to them, and begin at 0 in a session that is
 * made again. A target's own (`read_cmd_count` and so on) are sums over the sessions that are there, so they fall by what a session had
 * counted when it goes, which a rate would take for a reset. What is counted here are the sessions' increments.
 */
export class Totals {
  readonly #sessions: BoundedMap<SessionTotal>;
  readonly #scopes: BoundedMap<Map<Direction, DirectionTotal>>;
  readonly #bounds: readonly number[];

  /**
   * @param bounds Upper bounds of the latency buckets in seconds.
   * @param most Sessions that are remembered; those beyond, longest gone first, begin at 0 when they come back.
   */
  constructor(bounds: readonly number[], most: number) {
    this.#bounds = bounds;
    this.#sessions = new BoundedMap(most);
    this.#scopes = new BoundedMap(Math.max(most, MOST_SCOPES));
  }

  /** Takes in what a scrape saw. */
  follow(survey: Survey): void {
    this.#markGone(survey);
    for (const { targets } of survey.drivers) {
      for (const { driver, name, sessions } of targets) for (const session of sessions) this.#followSession(driver, name, session, survey.measuringLatency);
    }
  }

  session(driver: string, target: string, session: string): SessionTotal | undefined {
    return this.#sessions.get(keyOf(driver, target, session));
  }

  /** Of a driver, a target, or a group of a target (`''`: sessions that use the target's own LUNs). */
  scope(driver: string, target?: string, group?: string): ScopeTotal | undefined {
    return this.#scopes.get(keyOf(driver, target, group));
  }

  /** Names of each target's sessions that were there the last time. */
  readonly #present = new Map<string, ReadonlySet<string>>();

  /** Sessions that are seen not to be there: what comes under their names begins at 0. What could not be listed says nothing. */
  #markGone({ up, absent, drivers }: Survey): void {
    const found = new Map(drivers.map((driver) => [driver.name, driver]));
    for (const [key, names] of this.#present) {
      const [driverName = '', targetName = ''] = key.split('\0');
      const driver = found.get(driverName);
      if (!absent && (!up || driver?.listed === false)) continue;
      const target = driver?.targets.find(({ name }) => name === targetName);
      if (target !== undefined && target.sessionNames === undefined) continue;
      const there = new Set(target?.sessionNames);
      for (const name of names) {
        const known = there.has(name) ? undefined : this.session(driverName, targetName, name);
        if (known !== undefined) known.gone = true;
      }
      if (target === undefined) this.#present.delete(key);
    }
    for (const { targets } of drivers) for (const { driver, name, sessionNames } of targets) if (sessionNames !== undefined) this.#present.set(keyOf(driver, name), new Set(sessionNames));
  }

  #followSession(driver: string, target: string, { name, group, transportId, counters, latency }: SessionSurvey, measuring: boolean | undefined): void {
    const known = this.#sessions.use(keyOf(driver, target, name), () => ({ directions: new Map(), latency: new LatencyFollower(this.#bounds), transportId: undefined, gone: false }));
    const anew = known.gone || isAnother(known.transportId, transportId);
    known.gone = false;
    known.transportId = transportId ?? known.transportId;
    const scopes = [this.#scope(driver), this.#scope(driver, target), ...(group === undefined ? [] : [this.#scope(driver, target, group)])];
    for (const direction of DIRECTIONS) {
      const read = counters[direction];
      if (read === undefined) continue;
      const follower = known.directions.get(direction) ?? new DirectionFollower();
      known.directions.set(direction, follower);
      if (anew) follower.restart();
      const grown = follower.follow(read);
      for (const scope of scopes) add(scope, direction, grown);
    }
    if (anew || measuring === false) known.latency.restart();
    if (latency !== undefined) known.latency.follow(latency);
  }

  #scope(driver: string, target?: string, group?: string): Map<Direction, DirectionTotal> {
    return this.#scopes.use(keyOf(driver, target, group), () => new Map());
  }
}

const add = (scope: Map<Direction, DirectionTotal>, direction: Direction, grown: DirectionTotal): void => {
  const total = scope.get(direction) ?? noTotal();
  scope.set(direction, total);
  for (const name of COUNTERS) total[name] += grown[name];
};

/** NUL is in no name. */
const keyOf = (...names: readonly (string | undefined)[]): string => names.filter((name) => name !== undefined).join('\0');

/** The TransportID that scst_local gives a session has the session's number in it (SPEC sysfs 7), which no two in a row share. */
const GIVEN = /^060000005feede4[\da-f][\da-f]fade0500{24}$/u;

/**
 * Whether a TransportID tells of a session that was made again under its name between two scrapes. One that somebody wrote tells nothing:
 * it may be written at any time.
 */
const isAnother = (before: string | undefined, now: string | undefined): boolean => before !== undefined && now !== undefined && before !== now && GIVEN.test(now);
