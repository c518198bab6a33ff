import { describe, expect, it } from 'vitest';
import { locksOn } from './lock-holder.js';

const LOCKS = `1: POSIX  ADVISORY  WRITE 11 08:01:77 0 EOF
2: FLOCK  ADVISORY  WRITE 12 08:01:77 0 EOF
2: -> FLOCK  ADVISORY  WRITE 13 08:01:77 0 EOF
3: FLOCK  ADVISORY  READ  14 fe:10f:77 0 EOF
4: OFDLCK ADVISORY  WRITE -1 08:01:77 0 EOF
6: FLOCK  ADVISORY  WRITE 15 00:2b:78 0 EOF
`;

describe('what /proc shows of locks', () => {
  it('tells who has a file locked, of the device where that is known', () => {
    expect(locksOn(LOCKS, 0x801n, 77n)).toEqual([12]);
    expect(locksOn(LOCKS, 0x10_fe0fn, 77n)).toEqual([14]);
    expect(locksOn(LOCKS, 0x26n, 78n)).toEqual([15]);
    expect(locksOn(LOCKS, 0x26n, 77n)).toEqual([12, 14]);
    expect(locksOn(LOCKS, 0x801n, 7n)).toEqual([]);
    expect(locksOn('pos:\t0\nflags:\t0100002\nlock:\t1: FLOCK  ADVISORY  WRITE 16 08:01:79 0 EOF\n', 0x801n, 79n)).toEqual([16]);
    expect(locksOn('', 0x801n, 77n)).toEqual([]);
  });
});
