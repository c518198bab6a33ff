import { lstat, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { changeModePage, CONTROL_PAGE, type LogicalUnit, modePage, persistentReserveIn, persistentReserveOut, testUnitReady } from '@scst/scsi';
import { type Scst } from '@scst/local';
import { describe, expect, it } from 'vitest';
import { TARGET, SESSION, Workplace } from './workplace.js';

const DEVICES = ['kept', 'lost'] as const;
const SESSIONS = [SESSION, 'second'];

/** Writes a configuration with the devices and two sessions. Returns its path. */
const writeConfig = async (place: Workplace): Promise<string> => {
  const config = place.path('scst.conf');
  const devices = await Promise.all(DEVICES.map(async (name) => `	DEVICE ${name} {\n		filename ${await place.file(name, 1 << 20)}\n	}\n`));
  await writeFile(
    config,
    `HANDLER vdisk_fileio {\n${devices.join('')}}
TARGET_DRIVER scst_local {
	TARGET ${TARGET} {
		session_name second
		LUN 0 kept
		LUN 1 lost
	}
}
`,
  );
  return config;
};

const openAll = async (scst: Scst, lun: number): Promise<LogicalUnit[]> => {
  const target = scst.driver().target(TARGET);
  const units = await Promise.all(SESSIONS.map((name) => target.session(name).open(lun)));
  // What the logical unit has to say first, it says to this.
  for (const unit of units) for (let attempt = 0; attempt < 3; attempt++) await testUnitReady(unit).catch(() => undefined);
  return units;
};

const registrationsOf = async (unit: LogicalUnit): Promise<{ key: bigint; holds: boolean; type: number; port: unknown }[]> =>
  (await persistentReserveIn.readFullStatus(unit)).registrations.map(({ key, reservationHolder, type, transportId }) => ({ key, holds: reservationHolder, type, port: transportId }));

describe('state', () => {
  it('outlives a kill where it was to be kept, and nowhere else; socket and lock of the dead are taken over', async () => {
    await using place = await Workplace.create();
    const config = await writeConfig(place);
    let before: Awaited<ReturnType<typeof registrationsOf>>;
    let dead: number;
    {
      await using server = await place.serve({ config });
      await using scst = await place.connect();
      dead = server.pid;
      for (const [lun, name] of DEVICES.entries()) {
        for (const [index, unit] of (await openAll(scst, lun)).entries()) {
          await persistentReserveOut.register(unit, { serviceActionKey: BigInt(10 * lun + index + 1), activatePersistThroughPowerLoss: name === 'kept' });
          if (index === 1) await persistentReserveOut.reserve(unit, { key: BigInt(10 * lun + index + 1), type: 5 });
          if (index === 1) await changeModePage(unit, CONTROL_PAGE, { softwareWriteProtect: true }, { savePages: name === 'kept' });
        }
      }
      const [kept] = await openAll(scst, 0);
      if (kept === undefined) throw new Error('no session');
      before = await registrationsOf(kept);
      expect(before).toMatchObject([{ key: 1n, holds: false }, { key: 2n, holds: true, type: 5 }]);
      await server.kill();
    }
    expect((await lstat(place.socket)).isSocket()).toBe(true);
    expect(JSON.parse(await readFile(place.path('state', 'scst-local.lock'), 'utf8'))).toMatchObject({ pid: dead });

    await using server = await place.serve({ config });
    await using scst = await place.connect();
    expect(JSON.parse(await readFile(place.path('state', 'scst-local.lock'), 'utf8'))).toMatchObject({ pid: server.pid });
    const [[kept], [lost]] = [await openAll(scst, 0), await openAll(scst, 1)];
    if (kept === undefined || lost === undefined) throw new Error('no session');
    expect(await registrationsOf(kept)).toEqual(before);
    expect(await registrationsOf(lost)).toEqual([]);
    expect((await persistentReserveIn.readReservation(lost)).reservation).toBeUndefined();
    // The registrations are not only shown: they are the nexuses' own.
    await persistentReserveOut.register(kept, { key: 1n, serviceActionKey: 7n, activatePersistThroughPowerLoss: true });
    expect(await modePage(kept, CONTROL_PAGE)).toMatchObject({ softwareWriteProtect: true });
    expect(await modePage(lost, CONTROL_PAGE)).toMatchObject({ softwareWriteProtect: false });
    expect(await server.stop()).toBe(0);
    expect((await readdir(place.stateDirectory)).sort()).toEqual(['pr', 'vdev_mode_pages']);
  });

  it('of a damaged file of reservations is not used, not even in part, and the refusal says which file it is', async () => {
    await using place = await Workplace.create();
    const config = await writeConfig(place);
    const file = place.path('state', 'pr', 'kept');
    {
      await using server = await place.serve({ config });
      await using scst = await place.connect();
      const [unit] = await openAll(scst, 0);
      if (unit === undefined) throw new Error('no session');
      await persistentReserveOut.register(unit, { serviceActionKey: 3n, activatePersistThroughPowerLoss: true });
      await persistentReserveOut.reserve(unit, { key: 3n, type: 3 });
      await scst.device('kept').remove({ force: true });
      const whole = await readFile(file);
      const filename = place.path('kept');
      for (let at = 0; at < whole.length; at++) {
        const damaged = Buffer.from(whole);
        damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at);
        await writeFile(file, damaged);
        await expect(scst.handler('vdisk_fileio').add('kept', { filename }), `byte ${at}`).rejects.toMatchObject({ code: 'EINVAL' });
      }
      await writeFile(file, whole.subarray(0, whole.length - 7));
      const refused: unknown = await scst.handler('vdisk_fileio').add('kept', { filename }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'EINVAL' });
      expect((await scst.devices()).map(({ name }) => name)).toEqual(['lost']);
      const said = await place.cli('device', 'add', 'kept', '--file', filename);
      expect(said.exit).toBe(1);
      expect(said.stderr).toContain(file);
      await writeFile(file, whole);
      await scst.handler('vdisk_fileio').add('kept', { filename });
      await scst.device('kept').remove({ force: true });
      await writeFile(file, whole.subarray(1));
      await server.kill();
    }
    const failed = await place.serveAndFail({ config });
    expect(failed.exit).toBe(1);
    expect(failed.stderr).toContain(file);
    await rename(file, place.path('aside'));
    await using server = await place.serve({ config });
    await using scst = await place.connect();
    const [unit] = await openAll(scst, 0);
    if (unit === undefined) throw new Error('no session');
    expect(await registrationsOf(unit)).toEqual([]);
    expect(server.isRunning).toBe(true);
  });
});
