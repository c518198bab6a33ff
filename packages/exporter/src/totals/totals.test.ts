import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLatency, type StageLatency } from '../parse/latency.js';
import { nothing } from '../survey/survey.js';
import { type SessionSurvey, type Survey } from '../survey/types.js';
import { transportId } from '../testing/fake-scst.js';
import { BoundedMap } from './bounded-map.js';
import { DirectionFollower } from './direction-total.js';
import { LatencyFollower } from './latency-follower.js';
import { Totals } from './totals.js';

const BOUNDS = [0.001, 0.01];

const session = (name: string, reads: number, number = 1, group: string | undefined = ''): SessionSurvey => ({
  name,
  group,
  initiator: name,
  transportId: Buffer.from(transportId(number)).toString('hex'),
  counters: { read: { commands: reads, kib: 4 * reads, unaligned: 0 } },
  active: 0,
  luns: [],
  latency: undefined,
});

const survey = (sessions: readonly SessionSurvey[], known = true): Survey => ({
  ...nothing('test', false),
  up: true,
  drivers: [{ name: 'd', version: undefined, stats: undefined, listed: true, targets: [{ driver: 'd', name: 't', enabled: undefined, sets: [], sessionNames: known ? sessions.map(({ name }) => name) : undefined, sessions }] }],
});

const readsOf = (totals: Totals, name: string): number | undefined => totals.session('d', 't', name)?.directions.get('read')?.total.commands;
const targetReads = (totals: Totals): number | undefined => totals.scope('d', 't')?.get('read')?.commands;

describe('totals', () => {
  it('of a target do not fall when a session goes', () => {
    const totals = new Totals(BOUNDS, 100);
    totals.follow(survey([session('a', 1000, 1), session('b', 10, 2)]));
    expect(targetReads(totals)).toBe(1010);
    totals.follow(survey([session('b', 12, 2)]));
    expect(targetReads(totals)).toBe(1012);
    expect(totals.scope('d')?.get('read')?.kib).toBe(4048);
  });

  it('count a session that was seen to go and came again from 0', () => {
    const totals = new Totals(BOUNDS, 100);
    totals.follow(survey([session('a', 1000)]));
    totals.follow(survey([]));
    // Of a driver without numbers in its TransportIDs: more than before, and still another session.
    totals.follow(survey([{ ...session('a', 1500), transportId: undefined }]));
    expect([readsOf(totals, 'a'), targetReads(totals)]).toEqual([2500, 2500]);
  });

  it('tell a session that was made again between two scrapes by its TransportID', () => {
    const totals = new Totals(BOUNDS, 100);
    totals.follow(survey([session('a', 1000, 1)]));
    totals.follow(survey([session('a', 1500, 2)]));
    expect([readsOf(totals, 'a'), targetReads(totals)]).toEqual([2500, 2500]);
  });

  it('take a TransportID that somebody wrote for no new session', () => {
    const totals = new Totals(BOUNDS, 100);
    totals.follow(survey([session('a', 1000, 1)]));
    totals.follow(survey([{ ...session('a', 1001), transportId: '0600000050010203040506070000000000000000000000' }]));
    expect(readsOf(totals, 'a')).toBe(1001);
  });

  it('go on when a listing failed', () => {
    const totals = new Totals(BOUNDS, 100);
    totals.follow(survey([session('a', 1000)]));
    totals.follow(survey([], false));
    totals.follow(nothing('test', false));
    totals.follow(survey([session('a', 1001)]));
    expect(readsOf(totals, 'a')).toBe(1001);
  });

  it('begin at 0 with all sessions when the SCST was gone', () => {
    const totals = new Totals(BOUNDS, 100);
    totals.follow(survey([session('a', 1000)]));
    totals.follow(nothing('test', true));
    totals.follow(survey([session('a', 1200)]));
    expect(readsOf(totals, 'a')).toBe(2200);
  });

  it('of groups follow a session that is moved', () => {
    const totals = new Totals(BOUNDS, 100);
    totals.follow(survey([session('a', 5, 1, '')]));
    totals.follow(survey([session('a', 7, 1, 'g')]));
    expect(['', 'g'].map((group) => totals.scope('d', 't', group)?.get('read')?.commands)).toEqual([5, 2]);
  });

  it('never fall, and rise by what came, whatever is reset in between', () => {
    const step = fc.record({ grown: fc.nat(1000), reset: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const follower = new DirectionFollower();
        let [commands, kib, expected] = [0, 0, 0];
        for (const { grown, reset } of steps) {
          // 4 KiB each: a reset is seen in at least one of the counters unless as much has come again.
          if (reset && grown < commands) [commands, kib] = [0, 0];
          commands += grown;
          kib += 4 * grown;
          expected += grown;
          follower.follow({ commands, kib, unaligned: 0 });
          if (follower.total.commands !== expected || follower.total.kib !== 4 * expected) return false;
        }
        return true;
      }),
    );
  });

  it('see a reset of a direction in any of its counters', () => {
    const follower = new DirectionFollower();
    follower.follow({ commands: 10, kib: 1000, unaligned: 0 });
    // Twelve small ones since the reset: the commands alone look like two more.
    follower.follow({ commands: 12, kib: 48, unaligned: 0 });
    expect(follower.total).toEqual({ commands: 22, kib: 1048, unaligned: 0 });
  });

  it('of targets are kept where few sessions are', () => {
    const totals = new Totals(BOUNDS, 2);
    totals.follow(survey([session('a', 5, 1, ''), session('b', 6, 2, 'g')]));
    totals.follow(survey([session('a', 7, 1, '')]));
    expect([targetReads(totals), totals.scope('d', 't', 'g')?.get('read')?.commands]).toEqual([13, 6]);
  });

  it('keep to their bounds', () => {
    const map = new BoundedMap<number>(2);
    for (const key of ['a', 'b', 'a', 'c']) map.use(key, () => 1);
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 1, 2]);
  });
});

describe('latency', () => {
  const stages = (...lines: string[]): StageLatency[] => parseLatency(['state count min max avg stddev', ...lines].join('\n')) ?? [];
  const follow = (follower: LatencyFollower, ...lines: string[]): void => { follower.follow([{ direction: 'read', size: 4096, stages: stages(...lines) }]); };

  it('is counted in the bucket of the mean of what came', () => {
    const follower = new LatencyFollower(BOUNDS);
    follow(follower, 'EXEC 2 400.0 600.0 500.0 0.0 us');
    follow(follower, 'EXEC 3 400.0 5000.0 2000.0 0.0 us');
    const { commands, seconds, buckets } = follower.byDirection.get('read') ?? { commands: 0, seconds: 0, buckets: [] };
    expect([commands, Number(seconds.toFixed(9)), buckets]).toEqual([3, 0.006, [2, 1, 0]]);
  });

  it('goes on after a reset, also one that only the extremes tell of', () => {
    const follower = new LatencyFollower(BOUNDS);
    follow(follower, 'EXEC 2 400.0 600.0 500.0 0.0 us');
    follow(follower, 'EXEC 5 100.0 200.0 100.0 0.0 us');
    const total = follower.bySize.get('read 4096')?.total;
    expect([total?.commands, Number(total?.seconds.toFixed(9))]).toEqual([7, 0.0015]);
  });

  it('counts commands by their most frequent stage, and does not fall when a rare one is seen', () => {
    const follower = new LatencyFollower(BOUNDS);
    follow(follower, 'PARSE 1000 1.0 1.0 1.0 0.0 us', 'EXEC 1000 9.0 9.0 9.0 0.0 us');
    follow(follower, 'PARSE 1001 1.0 1.0 1.0 0.0 us', 'MODE_SELECT_CHECKS 1 5.0 5.0 5.0 0.0 us', 'EXEC 1001 9.0 9.0 9.0 0.0 us');
    const total = follower.bySize.get('read 4096')?.total;
    expect([total?.commands, Number(total?.seconds.toFixed(9))]).toEqual([1001, 0.010015]);
    expect(follower.byStage.get('read EXEC')?.total.commands).toBe(1001);
  });

  it('does not fall by the rounding of averages', () => {
    const follower = new LatencyFollower(BOUNDS);
    // Sums of 5 and 5 tenths: averages 0.2 and 0.1 of a microsecond.
    follow(follower, 'EXEC 2 0.1 0.4 0.2 0.0 us');
    follow(follower, 'EXEC 3 0.0 0.4 0.1 0.0 us');
    const total = follower.bySize.get('read 4096')?.total;
    expect([total?.commands, Number(total?.seconds.toFixed(10))]).toEqual([3, 4e-7]);
  });

  it('starts from 0 after measuring was switched off, whatever it reads then', () => {
    const follower = new LatencyFollower(BOUNDS);
    follow(follower, 'EXEC 2 400.0 600.0 500.0 0.0 us');
    follower.restart();
    follow(follower, 'EXEC 3 400.0 600.0 500.0 0.0 us');
    expect(follower.bySize.get('read 4096')?.total.commands).toBe(5);
  });
});
