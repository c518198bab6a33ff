import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { persistentReserveIn, persistentReserveOut, ScsiError, testUnitReady } from '@scst/scsi';
import { expect, it } from 'vitest';
import { defaultSession, exportFile, Workplace } from './workplace.js';

const run = promisify(execFile);
/** Bytes of the file system that holds the state. */
const ROOM = 128 * 1024;
/** ILLEGAL REQUEST, INSUFFICIENT REGISTRATION RESOURCES and INSUFFICIENT RESERVATION RESOURCES. */
const REGISTRATION = { senseKey: 0x5, additionalSenseCode: 0x55, additionalSenseCodeQualifier: 0x04 };
const RESERVATION = { ...REGISTRATION, additionalSenseCodeQualifier: 0x02 };

const senseOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  return error instanceof ScsiError ? error.decodedSense : error;
};

it('what APTPL promises is refused where the state directory is full or read-only, and what was saved outlives a kill', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('mounting a small file system needs root');
  await using place = await Workplace.create();
  await mkdir(place.stateDirectory);
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${ROOM}`, 'tmpfs', place.stateDirectory]).then(() => true, () => false);
  if (!mounted) skip('nothing can be mounted here');
  try {
    const filler = place.path('state', 'filler');
    const fill = (): Promise<void> => writeFile(filler, new Uint8Array(2 * ROOM)).catch(() => undefined);
    const disk = await place.file('disk', 1 << 20);
    const aptpl = { activatePersistThroughPowerLoss: true };
    {
      await using server = await place.serve();
      await using scst = await place.connect();
      await exportFile(scst, 'disk', disk, 0);
      const unit = await defaultSession(scst).open(0);
      await testUnitReady(unit).catch(() => undefined);
      await fill();
      expect(await senseOf(persistentReserveOut.register(unit, { serviceActionKey: 1n, ...aptpl }))).toMatchObject(REGISTRATION);
      expect((await persistentReserveIn.readKeys(unit)).keys).toEqual([]);
      await rm(filler);
      await persistentReserveOut.register(unit, { serviceActionKey: 1n, ...aptpl });

      await fill();
      expect(await senseOf(persistentReserveOut.reserve(unit, { key: 1n, type: 1 }))).toMatchObject(RESERVATION);
      expect((await persistentReserveIn.readReservation(unit)).reservation).toBeUndefined();
      await rm(filler);
      await run('mount', ['-o', 'remount,ro', place.stateDirectory]);
      expect(await senseOf(persistentReserveOut.register(unit, { key: 1n, serviceActionKey: 2n, ...aptpl }))).toMatchObject(REGISTRATION);
      expect(server.stderr).toContain('could not be saved');
      await run('mount', ['-o', 'remount,rw', place.stateDirectory]);
      expect((await persistentReserveIn.readKeys(unit)).keys).toEqual([1n]);
      await server.kill();
    }
    expect((await readFile(place.path('state', 'pr', 'disk'))).length).toBeGreaterThan(0);
    await using server = await place.serve();
    await using scst = await place.connect();
    await exportFile(scst, 'disk', disk, 0);
    const unit = await defaultSession(scst).open(0);
    await testUnitReady(unit).catch(() => undefined);
    expect((await persistentReserveIn.readKeys(unit)).keys).toEqual([1n]);
    expect(server.isRunning).toBe(true);
  } finally {
    await run('umount', ['--lazy', place.stateDirectory]);
  }
});
