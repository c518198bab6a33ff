import { formatLsscsi, persistentReserveIn, persistentReserveOut, read, ScsiError, SENSE_KEY, write } from '@scst/scsi';
import { encodeTransportId, parseTransportId, printTransportId } from '@scst/transport-id';
import { CliError } from '../errors.js';
import { toHex } from '../output/json.js';
import { viewScsiDevice } from '../survey/scsi-device.js';
import { checkBytes, checkEqual } from './check.js';
import { addLun } from './guide.js';
import { type Chapter, type Step } from './step.js';
import { BLOCK_BYTES, DISK, PATTERN_BYTES, PATTERN_LBA, SESSION, SYSFS, TARGET } from './world.js';

const SECOND_IMAGE = 'vdisk2.img';
const SECOND_DISK = 'vm_disk2';
const GROUP = 'backup';
const PATTERN_NAME = 'backup*';
const SECOND_SESSION = 'backup_host';
const LOCAL = `${SYSFS}/targets/scst_local`;
const KEY = 0x5343535400000001n;
const RETRIES = { unitAttentionRetries: 8 };

const loadWithoutDefault: Step = {
  title: 'Load scst_local again, without its default target',
  classic: () => ['rmmod scst_local', 'insmod scst_local add_default_tgt=0'],
  run: async ({ scst }) => {
    await scst.modules.unload('scst_local');
    await scst.modules.load('scst_local', { add_default_tgt: '0' });
    checkEqual('targets', (await scst.driver().targets()).length, 0);
    return ['no target, no session'];
  },
};

const addTarget: Step = {
  title: 'Make the target and its session by hand',
  classic: () => [`echo "add_target ${TARGET} session_name=${SESSION}" >${LOCAL}/mgmt`],
  run: async ({ scst, target }) => {
    await scst.driver().addTarget(TARGET, { sessions: [SESSION] });
    checkEqual('sessions', (await target.sessions()).map(({ name }) => name), [SESSION]);
    return [];
  },
};

const addGroup: Step = {
  title: 'Give other initiators other LUNs: a group',
  classic: (world) => [
    `echo "add_device ${SECOND_DISK} filename=${world.image(SECOND_IMAGE)}" >${SYSFS}/handlers/vdisk_fileio/mgmt`,
    `echo "create ${GROUP}" >${LOCAL}/${TARGET}/ini_groups/mgmt`,
    `echo "add ${SECOND_DISK} 0" >${LOCAL}/${TARGET}/ini_groups/${GROUP}/luns/mgmt`,
    `echo "add ${DISK} 1 read_only=1" >${LOCAL}/${TARGET}/ini_groups/${GROUP}/luns/mgmt`,
    `echo "add ${PATTERN_NAME}" >${LOCAL}/${TARGET}/ini_groups/${GROUP}/initiators/mgmt`,
  ],
  run: async (world) => {
    await world.scst.handler('vdisk_fileio').add(SECOND_DISK, { filename: await world.makeImage(SECOND_IMAGE) });
    const group = await world.target.addGroup(GROUP);
    await group.luns.add(SECOND_DISK, 0);
    await group.luns.add(DISK, 1, { readOnly: true });
    await group.initiators.add(PATTERN_NAME);
    const luns = await group.luns.list();
    checkEqual('LUNs of the group', luns, [{ number: 0, device: SECOND_DISK, readOnly: false }, { number: 1, device: DISK, readOnly: true }]);
    return [`initiators called ${PATTERN_NAME} see ${luns.map(({ number, device }) => `LUN ${number} = ${device}`).join(', ')}`];
  },
};

const addSession: Step = {
  title: 'Add a session that falls into the group',
  classic: () => [`echo "add_session ${TARGET} ${SECOND_SESSION}" >${LOCAL}/mgmt`],
  run: async ({ target }) => {
    const session = await target.addSession(SECOND_SESSION);
    checkEqual('group of the new session', await session.group(), GROUP);
    const first = await target.session(SESSION).group();
    if (first !== undefined) throw new CliError('MISMATCH', `${SESSION} is in the group ${first}, but should see the target’s own LUNs`);
    return [`${SECOND_SESSION} sees the LUNs of ${GROUP}, ${SESSION} those of the target`];
  },
};

const findDevices: Step = {
  title: 'Find the devices of the second session through its host link',
  classic: () => [`ls -l ${LOCAL}/${TARGET}/sessions/${SECOND_SESSION}/host`, 'lsscsi -g | grep "\\[N:"'],
  run: async (world) => {
    const session = world.session(SECOND_SESSION);
    const host = await session.hostNumber();
    const views = (await session.devices()).map(viewScsiDevice);
    checkEqual('devices of the second session', views.map(({ lun, model }) => ({ lun, model })), [{ lun: 0, model: SECOND_DISK }, { lun: 1, model: DISK }]);
    return [`host${host}`, ...formatLsscsi(views)];
  },
};

const readThroughGroup: Step = {
  title: 'Read the first disk through the second session, where it is read-only',
  classic: () => [`dd if=/dev/sdY bs=${BLOCK_BYTES} skip=${PATTERN_LBA} count=${PATTERN_BYTES / BLOCK_BYTES} | cmp - pattern`, 'dd if=pattern of=/dev/sdY count=1 oflag=direct   # Operation not permitted'],
  run: async (world) => {
    const lun = await world.session(SECOND_SESSION).open(1);
    try {
      const place = { ...RETRIES, lba: PATTERN_LBA, blockLength: BLOCK_BYTES };
      checkBytes('what the second session reads', await read(lun, { ...place, blocks: PATTERN_BYTES / BLOCK_BYTES }), world.pattern);
      const refusal = await refused(() => write(lun, { ...place, data: world.pattern.subarray(0, BLOCK_BYTES) }));
      checkEqual('sense key of the refused write', refusal.decodedSense?.senseKey, SENSE_KEY.DATA_PROTECT);
      return ['the same bytes as were written through the first session', `writing is refused: ${refusal.message}`];
    } finally {
      await lun.close();
    }
  },
};

/** The error of a command that must be refused. */
const refused = async (send: () => Promise<unknown>): Promise<ScsiError> => {
  try {
    await send();
  } catch (error) {
    if (error instanceof ScsiError) return error;
    throw error;
  }
  throw new CliError('MISMATCH', 'a write to a read-only LUN was carried out');
};

const setTransportId: Step = {
  title: 'Tell SCST who the initiator is, as user-space target drivers do',
  classic: () => [`cat id.bin >${LOCAL}/${TARGET}/sessions/${SECOND_SESSION}/transport_id`, 'sg_persist --in --read-full-status /dev/sdY'],
  run: async (world) => {
    const session = world.session(SECOND_SESSION);
    const id = parseTransportId('iqn.2026-01.com.example:backup,i,0x00023d000001');
    const bytes = encodeTransportId(id);
    await session.setTransportId(bytes);
    checkEqual('transport_id, read back', toHex(await session.transportId()), toHex(bytes));
    const lun = await session.open(0);
    try {
      await persistentReserveOut.register(lun, { ...RETRIES, key: 0n, serviceActionKey: KEY });
      const { registrations } = await persistentReserveIn.readFullStatus(lun, RETRIES);
      const seen = registrations.map(({ key, transportId }) => ({ key: key.toString(16), transportId: printTransportId(transportId) }));
      checkEqual('registrations', seen, [{ key: KEY.toString(16), transportId: printTransportId(id) }]);
      await persistentReserveOut.register(lun, { ...RETRIES, key: KEY, serviceActionKey: 0n });
    } finally {
      await lun.close();
    }
    return [`reservations know it as ${printTransportId(id)}`];
  },
};

const showStats: Step = {
  title: 'Reset a LUN, and look at the statistics',
  classic: () => ['sg_reset --device /dev/sgN', `cat ${LOCAL}/stats`],
  run: async ({ scst, target }) => {
    const before = counters(await scst.driver().attributes.get('stats'));
    const lun = await target.session(SESSION).open(0);
    try {
      await lun.reset('lun');
    } finally {
      await lun.close();
    }
    const stats = await scst.driver().attributes.get('stats');
    checkEqual('resets counted', counters(stats), { ...before, 'Device Resets': (before['Device Resets'] ?? 0) + 1 });
    return [stats];
  },
};

const counters = (stats: string): Readonly<Record<string, number>> =>
  Object.fromEntries(stats.split(', ').map((part) => [part.slice(0, part.indexOf(':')), Number(part.slice(part.indexOf(':') + 1))]));

/** The advanced examples of SCST's guide, sessions with LUNs of their own, and what user-space target drivers do. */
export const ADVANCED: Chapter = {
  title: 'Several sessions, each with its own LUNs',
  steps: [loadWithoutDefault, addTarget, addLun, addGroup, addSession, findDevices, readThroughGroup, setTransportId, showStats],
};

const removeAll: Step = {
  title: 'Take everything away again',
  classic: () => [
    `echo "del_session ${TARGET} ${SECOND_SESSION}" >${LOCAL}/mgmt`,
    `echo "del_target ${TARGET}" >${LOCAL}/mgmt`,
    `echo "del_device ${DISK}" >${SYSFS}/handlers/vdisk_fileio/mgmt`,
    `echo "del_device ${SECOND_DISK}" >${SYSFS}/handlers/vdisk_fileio/mgmt`,
    'rmmod scst_local scst_vdisk scst',
  ],
  run: async (world) => {
    const { scst, target } = world;
    await world.session(SECOND_SESSION).close();
    await target.remove();
    for (const device of [DISK, SECOND_DISK]) await scst.device(device).remove();
    checkEqual('targets left', (await scst.driver().targets()).length, 0);
    checkEqual('devices left', (await scst.devices()).length, 0);
    checkEqual('SCSI devices left', (await scst.scsiDevices()).length, 0);
    for (const module of ['scst_local', 'scst_vdisk', 'scst']) await scst.modules.unload(module);
    checkEqual('modules left', (await scst.modules.list()).length, 0);
    return ['no target, no device, no module is left'];
  },
};

/** What leaves the machine as it was. */
export const REMOVAL: Chapter = { title: 'Clean up', steps: [removeAll] };
