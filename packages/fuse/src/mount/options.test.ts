import { describe, expect, it } from 'vitest';
import { mountOptions } from './attach.js';
import { withDefaults } from './options.js';

describe('options', () => {
  it('let only the mounting user in unless others are asked for', () => {
    expect(mountOptions(1000, 1001, false)).toBe('rw,nosuid,nodev,noexec,fd=3,rootmode=40000,user_id=1000,group_id=1001');
    expect(mountOptions(0, 0, true).split(',')).toEqual(expect.arrayContaining(['allow_other', 'default_permissions']));
    expect(withDefaults({}).allowOther).toBe(false);
  });

  it('handle no signals unless asked to', () => {
    expect(withDefaults({}).unmountOnSignals).toEqual([]);
    expect(withDefaults({ unmountOnSignals: true }).unmountOnSignals).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP']);
    expect(withDefaults({ unmountOnSignals: ['SIGUSR2'] }).unmountOnSignals).toEqual(['SIGUSR2']);
  });

  it('refuse bounds that are none', () => {
    for (const options of [{ maxTransfers: 0 }, { maxOpenFiles: Number.NaN }, { cacheMilliseconds: -1 }]) expect(() => withDefaults(options)).toThrow(RangeError);
  });
});
