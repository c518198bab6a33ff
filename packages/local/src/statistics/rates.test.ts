import { describe, expect, it } from 'vitest';
import { ratesBetween } from './rates.js';
import { type IoSample, type LunSample, type SessionSample, type StatisticsSample } from './sample.js';

const io = (read: readonly [number, number], write: readonly [number, number] = [0, 0], latency?: readonly [number, number]): IoSample => ({
  read: { commands: read[0], bytes: read[1] },
  write: { commands: write[0], bytes: write[1] },
  other: { commands: 0, bytes: 0 },
  latency: latency === undefined ? undefined : { commands: latency[0], microseconds: latency[1] },
});

const session = (name: string, counted: IoSample, luns: readonly LunSample[] = []): SessionSample => ({
  path: `targets/scst_local/t/sessions/${name}`,
  driver: 'scst_local',
  target: 't',
  session: name,
  initiator: name,
  group: undefined,
  host: 0,
  active: 3,
  io: counted,
  luns,
});

const sample = (at: number, ...sessions: readonly SessionSample[]): StatisticsSample => ({ at, measuresLatency: false, sessions });

const only = (before: StatisticsSample, after: StatisticsSample): ReturnType<typeof ratesBetween>['sessions'][number] => {
  const [first] = ratesBetween(before, after).sessions;
  if (first === undefined) throw new Error('no session');
  return first;
};

describe('rates', () => {
  it('are of the time that went by, whatever was asked for', () => {
    const rates = only(sample(1000, session('s', io([100, 1_000_000], [50, 0]))), sample(3500, session('s', io([600, 6_000_000], [55, 10_240]))));
    expect(rates.io.read).toEqual({ commands: 200, bytes: 2_000_000 });
    expect(rates.io.write).toEqual({ commands: 2, bytes: 4096 });
    expect(rates.io.total).toEqual({ commands: 202, bytes: 2_004_096 });
    expect(rates.active).toBe(3);
  });

  it('count from nothing after a reset, and for a session that is new', () => {
    const before = sample(0, session('old', io([500, 500_000], [7, 70])));
    expect(only(before, sample(1000, session('old', io([20, 2000], [9, 90])))).io).toMatchObject({ read: { commands: 20, bytes: 2000 }, write: { commands: 2, bytes: 20 } });
    expect(only(before, sample(2000, session('new', io([20, 2000])))).io.read).toEqual({ commands: 10, bytes: 1000 });
    // As many commands as before, and yet a reset: the bytes tell.
    expect(only(before, sample(1000, session('old', io([500, 1000])))).io.read).toEqual({ commands: 500, bytes: 1000 });
  });

  it('are never negative and never infinite', () => {
    expect(() => ratesBetween(sample(1000), sample(1000))).toThrow(RangeError);
    expect(() => ratesBetween(sample(1000), sample(999))).toThrow(RangeError);
  });

  it('have the latency of what ended in between, and none where nothing did', () => {
    const at = (time: number, commands: number, microseconds: number): StatisticsSample => sample(time, session('s', io([commands, 0], [0, 0], [commands, microseconds])));
    expect(only(at(0, 10, 1000), at(1000, 30, 5000)).io.latency).toBe(200);
    expect(only(at(0, 10, 1000), at(1000, 10, 1000)).io.latency).toBeUndefined();
    expect(only(at(0, 10, 1000), at(1000, 4, 400)).io.latency).toBe(100);
    // The sums come of rounded averages.
    expect(only(at(0, 10, 1000), at(1000, 11, 999.5)).io.latency).toBe(0);
  });

  it('take a session’s latency from its LUNs where nobody measures the session', () => {
    const lun = (number: number, commands: number, microseconds: number): LunSample => ({ lun: number, device: `d${number}`, active: 0, io: io([commands, 0], [0, 0], [commands, microseconds]) });
    const before = sample(0, session('s', io([0, 0]), [lun(0, 0, 0), lun(1, 0, 0)]));
    const after = sample(1000, session('s', io([40, 0]), [lun(0, 10, 1000), lun(1, 30, 9000)]));
    const rates = only(before, after);
    expect(rates.luns.map((one) => one.io?.latency)).toEqual([100, 300]);
    expect(rates.io.latency).toBe(250);
  });

  it('know a LUN by its number and its device', () => {
    const lun = (device: string, commands: number): LunSample => ({ lun: 0, device, active: 1, io: io([commands, 0]) });
    const before = sample(0, session('s', io([0, 0]), [lun('a', 100)]));
    expect(only(before, sample(1000, session('s', io([0, 0]), [lun('a', 150)]))).luns).toMatchObject([{ device: 'a', active: 1, io: { read: { commands: 50 } } }]);
    expect(only(before, sample(1000, session('s', io([0, 0]), [lun('b', 150)]))).luns).toMatchObject([{ device: 'b', io: { read: { commands: 150 } } }]);
  });

  it('add up', () => {
    const before = sample(0, session('a', io([0, 0], [0, 0], [0, 0])), session('b', io([0, 0], [0, 0], [0, 0])));
    const after = sample(500, session('a', io([10, 100], [0, 0], [10, 1000])), session('b', io([30, 300], [0, 0], [30, 1000])));
    expect(ratesBetween(before, after)).toMatchObject({ seconds: 0.5, total: { total: { commands: 80, bytes: 800 }, latency: 50 } });
  });
});
