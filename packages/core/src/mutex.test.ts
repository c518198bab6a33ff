import { describe, expect, it } from 'vitest';
import { Mutex } from './mutex.js';

describe('the lock', () => {
  it('lets one in at a time, first come first served', async () => {
    const lock = new Mutex();
    const order: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => lock.run(work(name))));
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(lock.locked).toBe(false);
  });

  it('is let go by work that fails', async () => {
    const lock = new Mutex();
    const failing = lock.run(() => {
      throw new Error('no');
    });
    const next = lock.run(() => lock.locked);
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe(true);
    expect(lock.locked).toBe(false);
  });
});
