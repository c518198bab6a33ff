import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../test/world.js';

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('doctor', () => {
  it('says that nothing is wrong, and ends well', async () => {
    expect((await world.ok('doctor')).stdout).toBe('nothing unhealthy was found\n');
    expect(await world.json('doctor')).toEqual({ findings: [] });
  });

  it('says what is wrong and what to do, with a status of its own', async () => {
    const file = world.file('gone.img');
    await writeFile(file, new Uint8Array(1 << 20));
    await world.ok('device', 'add', 'disk1', '--file', file);
    await rm(file);
    const run = await world.run(['doctor']);
    expect([run.exit, run.stdout]).toEqual([5, `warning: the file ${file} of the device disk1 is not there\n  Bring it back, or remove the device.\n`]);
    const json = await world.run(['doctor', '--json']);
    expect(json.json()).toMatchObject({ findings: [{ code: 'missing-file', severity: 'warning', subject: 'disk1' }] });
    expect(json.error()).toMatchObject({ code: 'UNHEALTHY', exit: 5, message: '1 thing to be mended' });
    await world.ok('device', 'remove', 'disk1');
  });

  it('devices --all tells whose each device is', async () => {
    await world.ok('device', 'add', 'n1', '--handler', 'vdisk_nullio');
    await world.ok('lun', 'add', 'scst_local_tgt', 'n1', '0');
    const own = (await world.json<{ address: string; session: string | null }[]>('devices', '--all')).filter(({ session }) => session !== null);
    expect(own).toMatchObject([{ address: '0:0:0:0', session: 'scst_local_tgt/scst_local_host' }]);
    expect((await world.ok('devices', '--all')).stdout).toContain('scst_local_tgt/scst_local_host');
    expect((await world.run(['devices', 'scst_local_tgt/scst_local_host', '--all'])).exit).toBe(2);
  });
});
