import { describe, expect, it } from 'vitest';
import { Budget } from './budget.js';

const never = new AbortController().signal;

describe('Budget', () => {
  it('lends in order, and no more than there is', async () => {
    const budget = new Budget(10);
    const giveBack = await budget.take(8, never);
    const order: string[] = [];
    const large = budget.take(10, never).then((back) => { order.push('large'); return back; });
    const small = budget.take(1, never).then((back) => { order.push('small'); return back; });
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    giveBack();
    giveBack();
    (await large)();
    (await small)();
    expect(order).toEqual(['large', 'small']);
    (await budget.take(10, never))();
  });

  it('goes on past one who has given up', async () => {
    const budget = new Budget(10);
    const giveBack = await budget.take(8, never);
    const controller = new AbortController();
    const large = budget.take(10, controller.signal);
    const small = budget.take(2, never);
    controller.abort();
    await expect(large).rejects.toThrow('gave up');
    (await small)();
    giveBack();
    await expect(budget.take(1, AbortSignal.abort())).rejects.toThrow();
    (await budget.take(10, never))();
  });
});
