import { describe, expect, it, vi } from 'vitest';
import type { StoreError } from './block-store.js';
import { Flushes } from './flushes.js';

/** Flushes of a file whose system calls end when the test says so. */
const world = (): { flushes: Flushes; calls: ((error: Error | null) => void)[]; ended: string[]; ask: (name: string) => void } => {
  const calls: ((error: Error | null) => void)[] = [];
  const ended: string[] = [];
  const flushes = new Flushes((done) => { calls.push(done); }, '/disk');
  const ask = (name: string): void => {
    flushes.ask((error: StoreError | null) => { ended.push(`${name} ${error?.code ?? 'done'}`); });
  };
  return { flushes, calls, ended, ask };
};

const failure = (code: string): Error => Object.assign(new Error(`${code}: it fails`), { code });

describe('flushes', () => {
  it('come one at a time, and those that wait go together', () => {
    const { calls, ended, ask } = world();
    ask('a');
    ask('b');
    ask('c');
    expect(calls.length).toBe(1);
    calls[0]?.(null);
    expect([ended, calls.length]).toEqual([['a done'], 2]);
    ask('d');
    calls[1]?.(null);
    calls[2]?.(null);
    expect(ended).toEqual(['a done', 'b done', 'c done', 'd done']);
  });

  it('never succeed again once one has failed, and say so once', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const { calls, ended, ask } = world();
      ask('a');
      ask('b');
      calls[0]?.(failure('ENOSPC'));
      ask('c');
      await expect.poll(() => ended).toEqual(['a ENOSPC', 'b EIO', 'c EIO']);
      ask('d');
      await expect.poll(() => ended.length).toBe(4);
      expect(calls.length).toBe(1);
      expect(warning).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('/disk could not be flushed (ENOSPC)'), { code: 'SCST_FLUSH_FAILED' });
    } finally {
      warning.mockRestore();
    }
  });
});
