import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { awaitDevices, isReady } from './await-devices.js';
import { discover } from './discover.js';
import { MadeUpMachine } from './made-up-machine.js';

describe('awaitDevices', () => {
  it('waits until the kernel has found them', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addDevice('0:0:0:0');
    const waiting = awaitDevices((devices) => devices.length === 2, { ...machine.roots, host: 0 });
    await sleep(30);
    await machine.addDevice('1:0:0:0');
    await machine.addDevice('0:0:0:1');
    expect((await waiting).map(({ address }) => address)).toEqual(['0:0:0:0', '0:0:0:1']);
  });

  it('gives up in time, and says what it waited for', async () => {
    await using machine = await MadeUpMachine.create();
    await expect(awaitDevices(() => false, { ...machine.roots, timeout: 20, what: 'LUN 3' })).rejects.toMatchObject({ code: 'TIMEOUT', message: 'LUN 3 did not appear within 20 ms' });
  });

  it('ends with the reason of its signal', async () => {
    await using machine = await MadeUpMachine.create();
    const controller = new AbortController();
    const waiting = awaitDevices(() => false, { ...machine.roots, signal: controller.signal });
    setTimeout(() => { controller.abort(new Error('enough')); }, 20);
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('isReady', () => {
  it('wants the nodes that loaded drivers make', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addDevice('0:0:0:0', { sg: 'sg0' });
    await machine.addDevice('0:0:0:1', { node: 'block/sda' });
    await machine.addDevice('0:0:0:2', { type: 3, state: 'created' });
    const [noNode, noSg, created] = await discover(machine.roots);
    expect(isReady(noNode!, new Set(['sg']))).toBe(true);
    expect(isReady(noNode!, new Set(['sg', 'sd_mod']))).toBe(false);
    expect(isReady(noSg!, new Set(['sd_mod']))).toBe(true);
    expect(isReady(noSg!, new Set(['sg', 'sd_mod']))).toBe(false);
    expect(isReady(created!, new Set())).toBe(false);
  });
});
