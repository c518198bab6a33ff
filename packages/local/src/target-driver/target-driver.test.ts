import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage, ScstCore, type ScsiTask } from '@scst/core';
import { cdb, decodeReportLuns, STATUS } from '@scst/scsi';
import { encodeTransportId } from '@scst/transport-id';
import { describe, expect, it, vi } from 'vitest';
import { Scst } from '../scst.js';
import { serveCore } from '../serve-core.js';
import { type DriverUnit } from './driver-unit.js';
import { type LunChanges } from './lun-view.js';
import { createTargetDriver } from './target-driver.js';

const INITIATOR = 'iqn.2026-11.com.example:host';
const transportId = encodeTransportId({ protocol: 'iscsi', name: INITIATOR, isid: '00023d000001' });

const run = (unit: DriverUnit, command: Uint8Array, dataIn: Uint8Array | null = null): Promise<ScsiTask> =>
  new Promise((done) => {
    unit.submit({ cdb: command, dataIn, dataOut: null, attribute: 'simple', status: 0, sense: new Uint8Array(0), residual: 0, aborted: false, done });
  });

/** An SCST reached in the process itself, and one behind a socket, which is driven as the kernel's is. */
const worlds = [
  ['in this process', async (use: (scst: Scst, journalDirectory: string) => Promise<void>) => {
    await using scst = await Scst.open({ connect: 'embedded' });
    await use(scst, '/nowhere');
  }],
  ['behind a socket', async (use: (scst: Scst, journalDirectory: string) => Promise<void>) => {
    await withServer(async (socket, directory) => {
      await using scst = await Scst.open({ connect: socket });
      await use(scst, join(directory, 'journals'));
    });
  }],
] as const;

const withServer = async (use: (socket: string, directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-driver-'));
  const core = new ScstCore({ storage: new NodeStorage({ stateDirectory: directory }), stateDirectory: directory });
  for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module);
  const server = await serveCore(core, { socket: join(directory, 's') });
  try {
    await use(join(directory, 's'), directory);
  } finally {
    await server.close();
    await core.close();
    await rm(directory, { recursive: true });
  }
};

describe.each(worlds)('a target driver on an SCST %s', (_, withScst) => {
  it('makes targets and sessions, and takes them back', async () => {
    await withScst(async (scst, journalDirectory) => {
      await scst.handler('vdisk_nullio').add('disk1');
      const driver = await createTargetDriver(scst, { name: 'test', journalDirectory });
      const target = await driver.addTarget('t1', { scsiTransportVersion: 0x0960 });
      await target.target.luns.add('disk1', 2);
      const session = await target.addSession(INITIATOR, { transportId });
      expect(await target.target.attributes.get('scsi_transport_version')).toBe('0x960');
      expect(await session.session.transportId()).toEqual(transportId);
      expect([...session.luns.values()]).toEqual([{ number: 2, device: 'disk1', readOnly: false }]);
      await run(session.unit(2), cdb.testUnitReady());
      expect((await run(session.unit(2), cdb.testUnitReady())).status).toBe(STATUS.GOOD);
      await driver.close();
      expect((await scst.driver().targets()).map(({ name }) => name)).toEqual(['scst_local_tgt']);
    });
  });

  it('answers for a LUN that is not there, and tells of LUNs that come, are replaced and go', async () => {
    await withScst(async (scst, journalDirectory) => {
      for (const name of ['disk1', 'disk2']) await scst.handler('vdisk_nullio').add(name);
      await using driver = await createTargetDriver(scst, { name: 'test', journalDirectory, pollInterval: 20 });
      const target = await driver.addTarget('t1');
      const session = await target.addSession(INITIATOR);
      const seen: LunChanges[] = [];
      session.watch((changes) => seen.push(changes));
      const changed = async (what: () => Promise<void>): Promise<LunChanges | undefined> => {
        const count = seen.length;
        await what();
        for (let turn = 0; turn < 200 && seen.length === count; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
        return seen[count];
      };
      const inquiry = new Uint8Array(36);
      expect((await run(session.unit(7), cdb.inquiry({ allocationLength: 36 }), inquiry)).status).toBe(STATUS.GOOD);
      expect(inquiry[0]).toBe(0x7f);
      expect((await run(session.unit(7), cdb.testUnitReady())).sense[12]).toBe(0x25);
      expect(await changed(() => target.target.luns.add('disk1', 7))).toEqual({ added: [7], removed: [], replaced: [] });
      const luns = new Uint8Array(64);
      expect((await run(session.unit(0), cdb.reportLuns({ allocationLength: 64 }), luns)).status).toBe(STATUS.GOOD);
      expect(decodeReportLuns(luns).luns.map((lun) => lun[1])).toEqual([7]);
      expect((await run(session.unit(7), cdb.inquiry({ allocationLength: 36 }), inquiry)).status).toBe(STATUS.GOOD);
      expect(inquiry[0]).toBe(0x00);
      expect(await changed(() => target.target.luns.replace('disk2', 7))).toEqual({ added: [], removed: [], replaced: [7] });
      expect(await changed(() => target.target.luns.remove(7))).toEqual({ added: [], removed: [7], replaced: [] });
    });
  });

  it('serves a target that is there without taking it away, and puts its transport version back', async () => {
    await withScst(async (scst, journalDirectory) => {
      const driver = await createTargetDriver(scst, { name: 'test', journalDirectory });
      const target = await driver.addTarget('scst_local_tgt', { scsiTransportVersion: 0x0960 });
      await target.addSession(INITIATOR);
      await driver.close();
      const { attributes } = scst.driver().target('scst_local_tgt');
      expect(await attributes.get('scsi_transport_version')).toBe('0xbe0');
      expect((await scst.driver().target('scst_local_tgt').sessions()).map(({ name }) => name)).toEqual(['scst_local_host']);
    });
  });

  it('logs an initiator in to several targets and several times, and its groups claim every session', async () => {
    await withScst(async (scst, journalDirectory) => {
      await scst.handler('vdisk_nullio').add('disk1');
      await using driver = await createTargetDriver(scst, { name: 'test', journalDirectory });
      for (const name of ['t1', 't2', 't3']) {
        const target = await driver.addTarget(name);
        const group = await target.target.addGroup('g');
        await group.initiators.add(INITIATOR);
        await group.luns.add('disk1', 5);
        const sessions = await Promise.all([target.addSession(INITIATOR), target.addSession(INITIATOR)]);
        for (const session of sessions) {
          expect(session.initiatorName).toBe(INITIATOR);
          expect(await session.session.group()).toBe('g');
          expect([...session.luns.keys()]).toEqual([5]);
        }
        expect(new Set(sessions.map(({ name: directory }) => directory)).size).toBe(2);
      }
    });
  });

  it('ends sessions while commands are under way, each of which is completed', async () => {
    await withScst(async (scst, journalDirectory) => {
      await scst.handler('vdisk_nullio').add('disk1', { size_mb: 16 });
      await using driver = await createTargetDriver(scst, { name: 'test', journalDirectory });
      const target = await driver.addTarget('t1');
      await target.target.luns.add('disk1', 0);
      const session = await target.addSession(INITIATOR);
      const commands = Array.from({ length: 50 }, () => run(session.unit(0), cdb.read10({ lba: 0, transferLength: 8 }), new Uint8Array(4096)));
      await session.close();
      await session.close();
      expect(await Promise.all(commands)).toHaveLength(50);
      expect([...target.sessions]).toEqual([]);
      expect(await target.target.sessions()).toEqual([]);
    });
  });
});

describe('what a dead target driver has left', () => {
  it('is closed by the next one of its name, and nothing else is', async () => {
    await withServer(async (socket, directory) => {
      const journalDirectory = join(directory, 'journals');
      await using scst = await Scst.open({ connect: socket });
      await scst.driver().addTarget('theirs', { sessions: ['their-session'] });
      const dead = await createTargetDriver(scst, { name: 'test', journalDirectory });
      await (await dead.addTarget('theirs')).addSession(INITIATOR, { transportId });
      await (await dead.addTarget('made')).addSession(INITIATOR, { transportId });
      await pretendItDied(journalDirectory);
      await using other = await createTargetDriver(scst, { name: 'other', journalDirectory });
      expect(other.targets.size).toBe(0);
      expect((await scst.driver().target('theirs').sessions()).map(({ name }) => name).sort()).toEqual([INITIATOR, 'their-session']);
      await using next = await createTargetDriver(scst, { name: 'test', journalDirectory });
      expect(next.targets.size).toBe(0);
      expect((await scst.driver().target('theirs').sessions()).map(({ name }) => name)).toEqual(['their-session']);
      expect((await scst.driver().targets()).map(({ name }) => name).sort()).toEqual(['scst_local_tgt', 'theirs']);
    });
  });

  it('stays when somebody else has made a session of that name since', async () => {
    await withServer(async (socket, directory) => {
      const journalDirectory = join(directory, 'journals');
      await using scst = await Scst.open({ connect: socket });
      const target = await scst.driver().addTarget('theirs');
      const dead = await createTargetDriver(scst, { name: 'test', journalDirectory });
      const session = await (await dead.addTarget('theirs')).addSession(INITIATOR, { transportId });
      await pretendItDied(journalDirectory);
      await session.session.close();
      await vi.waitFor(async () => { expect(await target.sessions()).toEqual([]); });
      await target.addSession(INITIATOR);
      await using next = await createTargetDriver(scst, { name: 'test', journalDirectory });
      expect(next.targets.size).toBe(0);
      expect((await target.sessions()).map(({ name }) => name)).toEqual([INITIATOR]);
    });
  });

  it('is left alone while the driver lives', async () => {
    await withServer(async (socket, directory) => {
      const journalDirectory = join(directory, 'journals');
      await using scst = await Scst.open({ connect: socket });
      await using driver = await createTargetDriver(scst, { name: 'test', journalDirectory });
      await (await driver.addTarget('t1')).addSession(INITIATOR);
      await using next = await createTargetDriver(scst, { name: 'test', journalDirectory });
      expect(next.targets.size).toBe(0);
      expect((await scst.driver().target('t1').sessions()).length).toBe(1);
    });
  });
});

/** Makes the journals those of a process that has ended. */
const pretendItDied = async (directory: string): Promise<void> => {
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  for (const name of await readdir(directory)) {
    const text = JSON.parse(await readFile(join(directory, name), 'utf8')) as object;
    await writeFile(join(directory, name), JSON.stringify({ ...text, process: { pid: ended, began: '1' } }));
  }
};
