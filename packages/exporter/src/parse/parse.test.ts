import { describe, expect, it } from 'vitest';
import { parseLatency } from './latency.js';
import { parseCount, parseInteger } from './number.js';
import { parsePrState } from './pr-state.js';
import { parseSgvCache, parseSgvGlobal } from './sgv.js';
import { parseDriverStats } from './stats.js';
import { parseScstVersion } from './version.js';

describe('numbers', () => {
  it('are counts, or nothing', () => {
    expect(['0', '18446744073709551615', '-1', '1.5', '', '0x1', undefined].map(parseCount)).toEqual([0, 2 ** 64, ...Array<undefined>(5).fill(undefined)]);
    expect(['-1', '0x10', '7', 'x'].map(parseInteger)).toEqual([-1, 16, 7, undefined]);
  });
});

describe('a driver’s stats', () => {
  it('are read by name', () => {
    expect(parseDriverStats('Aborts: 4, Device Resets: 2, Target Resets: 1')).toEqual({ aborts: 4, deviceResets: 2, targetResets: 1 });
    expect(parseDriverStats('Target Resets: 1, Bus Resets: 9, Aborts: 4, Device Resets: 2')).toEqual({ aborts: 4, deviceResets: 2, targetResets: 1 });
    expect(parseDriverStats('Aborts: 4')).toBeUndefined();
    expect(parseDriverStats('')).toBeUndefined();
  });
});

describe('the version', () => {
  it('is that of a build that tells little', () => {
    expect(parseScstVersion('SCST version: 3.11.0-pre\nSCST build date: \nSCST build number: \nSCST git commit sha1: \nSCST kver: 6.1.0-56-amd64\nSCST arch type: \nSCST config: TRACING')).toEqual({
      version: '3.11.0-pre',
      kernel: '6.1.0-56-amd64',
      architecture: '',
      commit: '',
    });
    expect(parseScstVersion('nonsense')).toBeUndefined();
  });
});

describe('pr_state', () => {
  it('tells the reservation and the number of registrants', () => {
    const tid = '060000005feede401fade050000000000000000000000000';
    expect(parsePrState(`version 1\ngeneration 7\nreservation 01 00\nregistrant 1 0000000000001234 1 24 ${tid}\nregistrant 2 00000000000000ff 0 24 ${tid}`)).toEqual({
      generation: 7,
      reservation: { type: 'write_exclusive', scope: 'lu' },
      registrants: 2,
    });
    expect(parsePrState('version 1\ngeneration 0')).toEqual({ generation: 0, reservation: undefined, registrants: 0 });
    expect(parsePrState('version 1\nreservation 42 00')?.reservation).toEqual({ type: 'other', scope: 'lu' });
    expect(parsePrState('version 2\ngeneration 0')).toBeUndefined();
    expect(parsePrState('version 1\ngeneration x')).toBeUndefined();
  });
});

describe('sgv', () => {
  const column = (name: string, ...values: string[]): string => `${name.padEnd(31)}${values.map((value) => value.padEnd(12)).join('')}`;
  it('has a cache’s own line and the one of what it does not keep', () => {
    const text = [column('Name', 'Hit', 'Total', '% merged', 'Cached (P/I/O)'), column('sgv-clust', '90', '100', '7', '640/128/3'), column('  sgv-clust-4K', '90', '100', '0'), `  ${'big/other'.padEnd(40)} 5/6         0/0`].join('\n');
    expect(parseSgvCache(text)).toEqual({ hits: 90, allocations: 100, cachedPages: 640, inactivePages: 128, cachedEntries: 3, bigAllocations: 5, otherAllocations: 6 });
    expect(parseSgvCache('Name Hit')).toBeUndefined();
  });
  it('has its global numbers in two forms', () => {
    expect(parseSgvGlobal('Inactive pages                             12')).toMatchObject({ inactivePages: 12, activePages: undefined, highWatermarkPages: undefined });
    const line = (name: string, value: string): string => `${name.padEnd(42)} ${value}`;
    expect(parseSgvGlobal([line('Inactive/active pages', '3/40'), line('Hi/lo watermarks [pages]', '1000/900'), line('Hi watermark releases/failures', '2/1'), line('Other allocs', '7          ')].join('\n'))).toEqual({
      inactivePages: 3,
      activePages: 40,
      highWatermarkPages: 1000,
      lowWatermarkPages: 900,
      highWatermarkReleases: 2,
      highWatermarkFailures: 1,
    });
    expect(parseSgvGlobal('')).toBeUndefined();
  });
});

describe('a latency file', () => {
  it('has a line per stage; those of clock cycles and the total are passed over', () => {
    const text = ['state count min max avg stddev', 'PARSE 4 0.5 2.0 1.0 0.1 us', 'PARSE 4 0.5 2.0 1.0 0.1 cc -> us', 'EXEC_WAIT 3 10.0 30.0 20.0 5.0 us', 'total 3 - - 22.0 5.1 us'].join('\n');
    const stages = parseLatency(text)?.map(({ stage, count, sum }) => [stage, count, Number(sum.toPrecision(6))]);
    expect(stages).toEqual([['PARSE', 4, 4e-6], ['EXEC_WAIT', 3, 60e-6]]);
  });
  it('is empty before anything was measured, and nothing when it has another form', () => {
    expect(parseLatency('state count min max avg stddev')).toEqual([]);
    expect(parseLatency('')).toBeUndefined();
  });
});
