import { connect, type Socket } from 'node:net';
import { Scst } from '@scst/local';
import { describe, expect, it, vi } from 'vitest';
import { type ScstIscsiServer, serveIscsi, type ServeIscsiOptions } from './serve-iscsi.js';

const TARGET = 'iqn.2026-11.com.example:disks';
const INITIATOR = 'iqn.2026-11.com.example:host';

const HEADER = 48;

/** Sends one Login Request that wants to go to the full feature phase at once, and gives the answer's status and text. */
const logIn = async (iscsi: ScstIscsiServer, keys: Readonly<Record<string, string>>, port = 0): Promise<{ status: number; text: string; socket: Socket }> => {
  const { address, port: to } = iscsi.portals[port] ?? { address: '', port: 0 };
  const socket = connect(to, address);
  const text = Buffer.from(Object.entries({ InitiatorName: INITIATOR, SessionType: 'Normal', ...keys }).map(([key, value]) => `${key}=${value}\0`).join(''));
  const request = Buffer.alloc(HEADER + Math.ceil(text.length / 4) * 4);
  request.set([0x43, 0x87]);
  request.writeUIntBE(text.length, 5, 3);
  request.set([0x80, 0, 0, 1], 8);
  text.copy(request, HEADER);
  socket.write(request);
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  return { status: answer.readUInt16BE(36), text: answer.subarray(HEADER).toString(), socket };
};

const withDisk = async (options: ServeIscsiOptions, use: (iscsi: ScstIscsiServer, scst: Scst) => Promise<void>): Promise<void> => {
  await using scst = await Scst.open({ connect: 'embedded' });
  await scst.handler('vdisk_nullio').add('disk1', { size_mb: 16 });
  const target = await scst.driver().addTarget(TARGET);
  await target.luns.add('disk1', 0);
  await using iscsi = await serveIscsi(scst, { portals: [{ address: '127.0.0.1', port: 0 }], ...options });
  await use(iscsi, scst);
};

const SUCCESS = 0x0000;
const AUTHENTICATION_FAILURE = 0x0201;
const NOT_FOUND = 0x0203;
const SERVICE_UNAVAILABLE = 0x0301;

describe('serveIscsi', () => {
  it('makes a session of scst_local for an initiator, named by it and with its TransportID, and takes it back', async () => {
    await withDisk({}, async (iscsi, scst) => {
      const { status, socket } = await logIn(iscsi, { TargetName: TARGET });
      expect(status).toBe(SUCCESS);
      const target = scst.driver().target(TARGET);
      const [session] = await target.sessions();
      expect(session?.name).toBe(INITIATOR);
      expect(Buffer.from((await session?.transportId()) ?? []).toString('latin1')).toContain(`${INITIATOR},i,0x800000010000`);
      expect(await target.attributes.get('scsi_transport_version')).toBe('0x960');
      expect((await iscsi.status()).sessions).toMatchObject([{ target: TARGET, initiator: INITIATOR, isid: '800000010000', commands: 0 }]);
      socket.destroy();
      await vi.waitFor(async () => { expect(await target.sessions()).toEqual([]); });
    });
  });

  it('shows an initiator nothing that its groups do not', async () => {
    await withDisk({}, async (iscsi, scst) => {
      const target = scst.driver().target(TARGET);
      const group = await target.addGroup('others');
      await group.initiators.add('iqn.2026-11.com.example:other');
      await group.luns.add('disk1', 3);
      expect((await logIn(iscsi, { TargetName: TARGET })).status).toBe(SUCCESS);
      await target.luns.remove(0);
      expect((await logIn(iscsi, { TargetName: TARGET })).status).toBe(NOT_FOUND);
      expect((await logIn(iscsi, { TargetName: 'iqn.2026-11.com.example:none' })).status).toBe(NOT_FOUND);
      expect((await logIn(iscsi, { InitiatorName: 'iqn.2026-11.com.example:other', TargetName: TARGET })).status).toBe(SUCCESS);
    });
  });

  it('knows initiators by the portal they came to, where per_portal_acl asks for it, and keeps to allowed_portal', async () => {
    const portals = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, port: 0 }));
    await withDisk({ portals, settings: { targets: new Map([[TARGET, { perPortalAcl: true }]]) } }, async (iscsi, scst) => {
      const target = scst.driver().target(TARGET);
      await target.luns.remove(0);
      const group = await target.addGroup('first');
      await group.initiators.add(`${INITIATOR}#127.0.0.1`);
      await group.luns.add('disk1', 0);
      expect((await logIn(iscsi, { TargetName: TARGET }, 0)).status).toBe(SUCCESS);
      expect((await logIn(iscsi, { TargetName: TARGET }, 1)).status).toBe(NOT_FOUND);
      await iscsi.apply({ targets: new Map([[TARGET, { perPortalAcl: true, allowedPortals: ['127.0.0.2'] }]]) });
      expect(iscsi.sessions).toEqual([]);
      expect((await logIn(iscsi, { TargetName: TARGET }, 0)).status).toBe(NOT_FOUND);
    });
  });

  it('lets nobody past CHAP without a proof, more sessions than allowed, or in while it is not enabled', async () => {
    const settings = { targets: new Map([[TARGET, { chap: { incoming: [{ name: 'anne', secret: 'a-secret-of-16-b' }] } }]]) };
    await withDisk({ settings }, async (iscsi) => {
      expect((await logIn(iscsi, { TargetName: TARGET, AuthMethod: 'None' })).status).toBe(AUTHENTICATION_FAILURE);
      await iscsi.apply({ targets: new Map([[TARGET, { maxSessions: 1 }]]) });
      expect((await logIn(iscsi, { TargetName: TARGET })).status).toBe(SUCCESS);
      expect((await logIn(iscsi, { TargetName: TARGET, InitiatorName: 'iqn.2026-11.com.example:second' })).status).toBe(SERVICE_UNAVAILABLE);
      await iscsi.apply({ enabled: false });
      expect(iscsi.sessions).toEqual([]);
      expect((await logIn(iscsi, { TargetName: TARGET })).status).toBe(NOT_FOUND);
      await iscsi.apply({ targets: new Map() });
      expect((await logIn(iscsi, { TargetName: TARGET })).status).toBe(NOT_FOUND);
    });
  });
});
