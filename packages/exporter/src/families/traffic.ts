import { DATA_DIRECTIONS, DIRECTIONS, type Direction, type Need } from '../survey/types.js';
import { COUNTERS, type DirectionTotal } from '../totals/direction-total.js';
import { type Family, KIB, type Sample, type Scraped } from './family.js';
import { sessionLabels, sessionsOf, setsOf, targetsOf } from './walk.js';

/** What has counters: its labels, and its totals by direction. */
interface Level {
  readonly level: 'driver' | 'target' | 'group' | 'session';
  readonly labels: readonly string[];
  readonly help: string;
  readonly of: (scraped: Scraped) => Iterable<readonly [labels: readonly string[], total: (direction: Direction, counter: keyof DirectionTotal) => number | undefined]>;
}

const LEVELS: readonly Level[] = [
  {
    level: 'driver',
    labels: ['driver'],
    help: 'all sessions of the driver’s targets, also of those that have ended',
    of: function* ({ survey, totals }) {
      for (const { name } of survey.drivers) yield [[name], (direction, counter) => totals.scope(name)?.get(direction)?.[counter]];
    },
  },
  {
    level: 'target',
    labels: ['driver', 'target'],
    help: 'all sessions of the target, also of those that have ended',
    of: function* ({ survey, totals }) {
      for (const { driver, name } of targetsOf(survey)) yield [[driver, name], (direction, counter) => totals.scope(driver, name)?.get(direction)?.[counter]];
    },
  },
  {
    level: 'group',
    labels: ['driver', 'target', 'group'],
    help: 'all sessions while they used the group’s LUNs; an empty group is the target’s own LUNs',
    of: function* ({ survey, totals }) {
      for (const [{ driver, name }, { group }] of setsOf(survey)) yield [[driver, name, group], (direction, counter) => totals.scope(driver, name, group)?.get(direction)?.[counter]];
    },
  },
  {
    level: 'session',
    labels: ['driver', 'target', 'group', 'session'],
    help: 'the session',
    of: function* ({ survey, totals }) {
      for (const [target, session] of sessionsOf(survey)) {
        const total = totals.session(target.driver, target.name, session.name);
        // A counter that could not be read has no series in this scrape, although it is known what it was.
        yield [sessionLabels(target, session), (direction, counter) => (session.counters[direction]?.[counter] === undefined ? undefined : total?.directions.get(direction)?.total[counter])];
      }
    },
  },
];

/** What each of the three counters is called and counted in. */
const KINDS: Readonly<Record<keyof DirectionTotal, { readonly name: string; readonly help: string; readonly unit: number; readonly directions: readonly Direction[] }>> = {
  commands: { name: 'commands', help: 'Commands', unit: 1, directions: DIRECTIONS },
  kib: { name: 'bytes', help: 'Bytes moved, in steps of 1024,', unit: KIB, directions: DATA_DIRECTIONS },
  unaligned: { name: 'unaligned_commands', help: 'Commands whose start or length is not a multiple of 4 KiB', unit: 1, directions: DATA_DIRECTIONS },
};

const samplesOf = function* ({ of }: Level, counter: keyof DirectionTotal, scraped: Scraped): Generator<Sample> {
  const { directions, unit } = KINDS[counter];
  for (const [labels, total] of of(scraped)) {
    for (const direction of directions) {
      const value = total(direction, counter);
      if (value !== undefined) yield [[...labels, direction], value * unit];
    }
  }
};

/** A group's totals need to be known as the group's: by the sets of LUNs. */
const needsOf = (level: Level['level']): readonly Need[] => (level === 'group' ? ['sessions', 'session-counters', 'luns'] : ['sessions', 'session-counters']);

/** Commands, bytes and unaligned commands, by direction, of drivers, targets, groups and sessions. */
export const TRAFFIC_FAMILIES: readonly Family[] = LEVELS.flatMap((level) =>
  COUNTERS.map((counter): Family => ({
    name: `scst_${level.level}_${KINDS[counter].name}_total`,
    type: 'counter',
    help: `${KINDS[counter].help} of ${level.help}.`,
    labels: [...level.labels, 'direction'],
    needs: needsOf(level.level),
    samples: (scraped) => samplesOf(level, counter, scraped),
  })),
);
