import { beforeEach, describe, expect, it } from 'vitest';
import { DeviceClaims, type Guard } from './device-claims.js';

let claims: DeviceClaims;
/** Guards that are open, of a thing that can be guarded once. */
let open: number;
let opened: number;

beforeEach(() => {
  claims = new DeviceClaims();
  open = opened = 0;
});

const guard = async (): Promise<Guard> => {
  await new Promise(setImmediate);
  if (open > 0) throw new Error('busy');
  open++;
  opened++;
  const close = async (): Promise<void> => {
    await new Promise(setImmediate);
    open--;
  };
  return { close };
};

describe('what several devices write to', () => {
  it('is guarded from the first to the last of them, in whatever order they go', async () => {
    const releases = await Promise.all([claims.take('a', guard), claims.take('a', guard)]);
    releases.push(await claims.take('a', guard));
    for (const release of releases) {
      expect(open).toBe(1);
      await release();
    }
    expect([open, opened]).toEqual([0, 1]);
  });

  it('is guarded anew once the guard before it has been closed', async () => {
    const release = await claims.take('a', guard);
    const [, again] = await Promise.all([release(), claims.take('a', guard)]);
    expect([open, opened]).toEqual([1, 2]);
    await again();
    expect(open).toBe(0);
  });

  it('is had by none of those who wait for a guard that is refused, and can be had later', async () => {
    open = 1;
    const outcomes = await Promise.allSettled([claims.take('a', guard), claims.take('a', guard)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    open = 0;
    await (await claims.take('a', guard))();
    expect([open, opened]).toEqual([0, 1]);
  });

  it('has nothing to do with another thing', async () => {
    const refused = (): Promise<Guard> => Promise.reject(new Error('refused'));
    await claims.take('a', guard);
    await expect(claims.take('b', refused)).rejects.toThrow('refused');
    expect(open).toBe(1);
  });
});
