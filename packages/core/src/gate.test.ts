import { describe, expect, it } from 'vitest';
import { Gate } from './gate.js';

describe('a gate', () => {
  it('opens when every closing was taken back', () => {
    const gate = new Gate();
    const passed: number[] = [];
    gate.close();
    gate.close();
    gate.pass(() => passed.push(1));
    gate.pass(() => passed.push(2));
    gate.open();
    expect([gate.closings, passed]).toEqual([1, []]);
    gate.open();
    expect([gate.closed, passed]).toEqual([false, [1, 2]]);
    gate.pass(() => passed.push(3));
    expect(passed).toEqual([1, 2, 3]);
  });

  it('is not opened more than it was closed', () => {
    const gate = new Gate();
    gate.open();
    gate.close();
    expect(gate.closings).toBe(1);
    gate.close();
    gate.openAll();
    expect(gate.closings).toBe(0);
  });

  it('is waited for even when it closes again at once', async () => {
    const gate = new Gate();
    gate.close();
    let open = false;
    const waiting = gate.whenOpen().then(() => {
      open = true;
    });
    gate.open();
    gate.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).toBe(false);
    gate.open();
    await waiting;
    expect(open).toBe(true);
  });
});
