import { type IoRates, type StatisticsRates } from '@scst/local';
import { describe, expect, it } from 'vitest';
import { formatMegabytes, formatMicroseconds, formatRate, formatRows, formatSummary, topJson } from './format.js';
import { SORT_KEYS, topRows, type TopView } from './model.js';

const io = (readBytes: number, writeBytes: number, commands: number, latency?: number): IoRates => ({
  read: { commands: commands / 2, bytes: readBytes },
  write: { commands: commands / 2, bytes: writeBytes },
  other: { commands: 0, bytes: 0 },
  total: { commands, bytes: readBytes + writeBytes },
  latency,
});

const session = (name: string, rates: IoRates, active: number, luns: StatisticsRates['sessions'][number]['luns'] = []): StatisticsRates['sessions'][number] => ({
  path: `targets/scst_local/t/sessions/${name}`,
  driver: 'scst_local',
  target: 't',
  session: name,
  initiator: name,
  group: undefined,
  host: 1,
  active,
  io: rates,
  luns,
});

const rates: StatisticsRates = {
  seconds: 1,
  measuresLatency: true,
  sessions: [
    session('a', io(1e6, 9e6, 100, 50), 5, [
      { lun: 10, device: 'x', active: 0, io: io(0, 0, 1) },
      { lun: 2, device: 'y', active: 1, io: io(0, 0, 99) },
      { lun: 1, device: undefined, active: 2, io: undefined },
    ]),
    session('b', io(5e6, 0, 300, 20), 1),
    session('c', io(0, 20e6, 10), 0),
  ],
  total: io(6e6, 29e6, 410, 30),
};

const view = (more: Partial<TopView> = {}): TopView => ({ sort: 'iops', reverse: false, luns: false, ...more });

describe('the rows of top', () => {
  it.each([
    ['iops', 'bac'],
    ['read', 'bac'],
    ['write', 'cab'],
    ['bandwidth', 'cab'],
    ['latency', 'abc'],
    ['queue', 'abc'],
    ['name', 'abc'],
  ] as const)('are in order of %s', (sort, order) => {
    const names = (reverse: boolean): string[] => topRows(rates, view({ sort, reverse })).map(({ name }) => name.slice(2));
    expect(names(false).join('')).toBe(order);
    expect(names(true).reverse().join('')).toBe(order);
  });

  it('have every way of sorting tested', () => {
    expect(SORT_KEYS.length).toBe(7);
  });

  it('show the LUNs of a session below it, in the same order', () => {
    const names = (sort: TopView['sort']): string[] => topRows(rates, view({ sort, luns: true })).filter(({ isLun }) => isLun).map(({ name }) => name);
    expect(names('iops')).toEqual(['LUN 2 → y', 'LUN 10 → x', 'LUN 1 → ?']);
    expect(names('name')).toEqual(['LUN 1 → ?', 'LUN 2 → y', 'LUN 10 → x']);
    expect(topRows(rates, view({ sort: 'name', luns: true }))[1]?.name).toBe('LUN 1 → ?');
  });
});

describe('the texts of top', () => {
  it('are short', () => {
    expect([0, 0.25, 9.96, 10.4, 12345.6].map(formatRate)).toEqual(['0', '0.3', '10.0', '10', '12346']);
    expect([0, 49_999, 137_900_000].map(formatMegabytes)).toEqual(['0.0', '0.0', '137.9']);
    expect([0.4, 114, 999.4, 999.6, 1234, 15_600, 999_499, 2_500_000].map(formatMicroseconds)).toEqual(['0 µs', '114 µs', '999 µs', '1.00 ms', '1.23 ms', '15.6 ms', '999 ms', '2.50 s']);
  });

  it('are a table', () => {
    const lines = formatRows(topRows(rates, view({ luns: true })).slice(1, 5), (text) => text, (text) => text);
    expect(lines).toEqual([
      'SESSION, LUN  IOPS  READ/S  WRITE/S  READ MB/S  WRITE MB/S  LATENCY  QUEUE',
      't/a            100      50       50        1.0         9.0    50 µs      5',
      '  LUN 2 → y     99      50       50        0.0         0.0        -      1',
      '  LUN 10 → x   1.0     0.5      0.5        0.0         0.0        -      0',
      '  LUN 1 → ?      -       -        -          -           -        -      2',
    ]);
    expect(formatSummary(rates, new Date(2026, 0, 1, 9, 5, 7))).toBe('09:05:07  3 sessions, 3 LUNs  410 IOPS  35.0 MB/s');
  });

  it('are JSON, without what nobody counts', () => {
    expect(topJson(rates, new Date(0))).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      total: { latency: 30 },
      sessions: [{ session: 'a', luns: [{ lun: 10, device: 'x', active: 0, read: { bytes: 0 } }, { lun: 2 }, { lun: 1, active: 2 }] }, {}, {}],
    });
  });
});
