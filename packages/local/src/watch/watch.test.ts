import { describe, expect, it } from 'vitest';
import { SysfsError } from '@scst/sysfs';
import { type LunObject, type ScstObject, type ScstState } from './objects.js';
import { eventsBetween, type ScstEvent } from './events.js';
import { watch } from './watch.js';

const TIME = new Date(0);

const state = (...objects: readonly ScstObject[]): ScstState => new Map(objects.map((object) => [object.path, object]));

const target: ScstObject = { kind: 'target', path: 'targets/d/t', driver: 'd', target: 't', enabled: true };
const lun = (more: Partial<LunObject> = {}): LunObject => ({ kind: 'lun', path: 'targets/d/t/luns/0', driver: 'd', target: 't', group: undefined, lun: 0, device: 'a', readOnly: false, ...more });
const device: ScstObject = { kind: 'device', path: 'devices/a', device: 'a', handler: 'vdisk_nullio', file: undefined, size: '512', readOnly: false, active: undefined };

const told = (events: readonly ScstEvent[]): string[] => events.map((event) => (event.type === 'ready' ? 'ready' : `${event.type} ${event.object.path}`));

describe('events between two states', () => {
  it('build up from the outside in and take down from the inside out', () => {
    const full = state(lun(), target, device);
    expect(told(eventsBetween(state(), full, TIME))).toEqual(['added devices/a', 'added targets/d/t', 'added targets/d/t/luns/0']);
    expect(told(eventsBetween(full, state(), TIME))).toEqual(['removed targets/d/t/luns/0', 'removed targets/d/t', 'removed devices/a']);
    expect(eventsBetween(full, full, TIME)).toEqual([]);
  });

  it('name what changed, with what it was', () => {
    const [event, ...rest] = eventsBetween(state(lun()), state(lun({ device: 'b', readOnly: true })), TIME);
    expect(rest).toEqual([]);
    expect(event).toMatchObject({ type: 'changed', changes: ['device', 'readOnly'], before: { device: 'a' }, object: { device: 'b' } });
  });

  it('take a member that is missing for one that is undefined', () => {
    const withoutGroup = JSON.parse(JSON.stringify(lun())) as LunObject;
    expect(Object.keys(withoutGroup)).not.toContain('group');
    expect(eventsBetween(state(lun()), state(withoutGroup), TIME)).toEqual([]);
    expect(eventsBetween(state(lun({ group: 'g' })), state(withoutGroup), TIME)).toMatchObject([{ changes: ['group'] }]);
  });

  it('compare lists by what is in them', () => {
    const group = (...devices: readonly string[]): ScstObject => ({ kind: 'device-group', path: 'device_groups/g', deviceGroup: 'g', devices });
    expect(eventsBetween(state(group('a', 'b')), state(group('a', 'b')), TIME)).toEqual([]);
    expect(eventsBetween(state(group('a', 'b')), state(group('a')), TIME)).toMatchObject([{ changes: ['devices'] }]);
  });
});

describe('watching', () => {
  it('tells first what is there, if that is wanted, and loses nothing after it', async () => {
    const states = [state(target), state(target, device), state(target, device, lun())];
    const controller = new AbortController();
    const seen: ScstEvent[] = [];
    const source = (): Promise<ScstState> => {
      const next = states.shift();
      if (next === undefined) controller.abort();
      return Promise.resolve(next ?? state());
    };
    for await (const event of watch(source, 1, { signal: controller.signal, initial: true })) {
      seen.push(event);
      if (seen.length === 4) controller.abort();
    }
    expect(told(seen)).toEqual(['added targets/d/t', 'ready', 'added devices/a', 'added targets/d/t/luns/0']);
    expect(seen.map((event) => event.type === 'added' && event.initial)).toEqual([true, false, false, false]);
  });

  it('says nothing of what is there otherwise', async () => {
    const states = [state(target), state(target), state()];
    const events = watch(() => Promise.resolve(states.shift() ?? state()), 1);
    expect((await events.next()).value).toMatchObject({ type: 'removed', object: target });
    await events.return();
  });

  it('spends at most a tenth of the time on looking', async () => {
    const looks: number[] = [];
    const controller = new AbortController();
    const slow = async (): Promise<ScstState> => {
      looks.push(performance.now());
      await new Promise((resolve) => setTimeout(resolve, 30));
      return state();
    };
    setTimeout(() => { controller.abort(); }, 500);
    for await (const event of watch(slow, 1, { signal: controller.signal })) throw new Error(`nothing happened: ${event.type}`);
    expect(looks.length).toBe(2);
    expect((looks[1] ?? 0) - (looks[0] ?? 0)).toBeGreaterThanOrEqual(295);
  });

  it('ends quietly when it is told to, in a look as well, and fails as its source does', async () => {
    const controller = new AbortController();
    const stuck = ({ signal }: { signal?: AbortSignal | undefined }): Promise<ScstState> =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => { reject(new SysfsError({ operation: 'read', path: 'x', errno: 'EINTR' })); }));
    setTimeout(() => { controller.abort(); }, 10);
    expect(await watch(stuck, 1, { signal: controller.signal }).next()).toEqual({ value: undefined, done: true });
    const broken = watch(() => Promise.reject(new Error('gone')), 1);
    await expect(broken.next()).rejects.toThrow('gone');
  });
});
