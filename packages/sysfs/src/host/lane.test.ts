import { describe, expect, it } from 'vitest';
import { Lane } from './lane.js';

const gate = (): { open: () => void; passed: Promise<void> } => {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
};

describe('Lane', () => {
  it('runs no more than its limit at a time, the others in order', async () => {
    const lane = new Lane(2);
    const gates = Array.from({ length: 5 }, gate);
    const started: number[] = [];
    const all = gates.map(({ passed }, index) =>
      lane.run(async () => {
        started.push(index);
        await passed;
        return index;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    gates[1]!.open();
    expect(await all[1]).toBe(1);
    await expect.poll(() => started).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('lets an aborted waiter go without running it, and frees a place after a failure', async () => {
    const lane = new Lane(1);
    const { open, passed } = gate();
    const first = lane.run(async () => {
      await passed;
      throw new Error('failed');
    });
    const controller = new AbortController();
    let ran = false;
    const second = lane.run(() => {
      ran = true;
      return Promise.resolve();
    }, controller.signal);
    const third = lane.run(() => Promise.resolve('third'));
    controller.abort();
    await expect(second).rejects.toThrow('left the queue');
    open();
    await expect(first).rejects.toThrow('failed');
    expect(await third).toBe('third');
    expect(await lane.run(() => Promise.resolve('fourth'))).toBe('fourth');
    expect(ran).toBe(false);
  });
});
