import { type DeviceSurvey, type Need, type Survey } from '../survey/types.js';
import { type Family, known } from './family.js';
import { sessionsOf } from './walk.js';

/** A family with one series per device, where its value is known. */
const deviceGauge = (name: string, help: string, value: (device: DeviceSurvey) => number | boolean | undefined, ...needs: Need[]): Family => ({
  name,
  type: 'gauge',
  help,
  labels: ['device'],
  needs: ['devices', ...needs],
  *samples({ survey }) {
    for (const device of survey.devices) yield* known([device.name], value(device));
  },
});

const activeByDevice = (survey: Survey): Map<string, number> => {
  const active = new Map<string, number>();
  for (const [, { luns }] of sessionsOf(survey)) {
    for (const lun of luns) if (lun.device !== undefined) active.set(lun.device, (active.get(lun.device) ?? 0) + (lun.active ?? 0));
  }
  return active;
};

/** Devices, their files, and who holds reservations. */
export const DEVICE_FAMILIES: readonly Family[] = [
  {
    name: 'scst_device_info',
    type: 'gauge',
    help: 'Devices with their handler, SCSI type, backing file and unit serial number. Always 1.',
    labels: ['device', 'handler', 'type', 'filename', 'serial'],
    needs: ['devices'],
    *samples({ survey }) {
      for (const { name, handler, type, filename, serial } of survey.devices) yield [[name, handler ?? '', type?.split(' ', 1)[0] ?? '', filename ?? '', serial ?? ''], 1];
    },
  },
  {
    name: 'scst_devices',
    type: 'gauge',
    help: 'Devices of a handler.',
    labels: ['handler'],
    needs: ['devices'],
    *samples({ survey }) {
      const counts = new Map<string, number>();
      for (const { handler = '' } of survey.devices) counts.set(handler, (counts.get(handler) ?? 0) + 1);
      for (const [handler, count] of counts) yield [[handler], count];
    },
  },
  deviceGauge('scst_device_exports', 'LUNs that the device is; those that the copy manager has of every device are not counted.', ({ exports }) => exports),
  deviceGauge('scst_device_active', 'Whether the device is active, its backing file open; devices that always are have no series.', ({ active }) => active),
  deviceGauge('scst_device_read_only', 'Whether the device takes no writes.', ({ readOnly }) => readOnly),
  deviceGauge('scst_device_thin_provisioned', 'Whether the device is thin provisioned.', ({ thinProvisioned }) => thinProvisioned),
  deviceGauge('scst_device_blocked', 'How often the device has been blocked and not let go.', ({ blocked }) => blocked),
  deviceGauge('scst_device_size_bytes', 'Size of the device.', ({ size }) => size),
  deviceGauge('scst_device_block_size_bytes', 'Size of the device’s logical blocks.', ({ blockSize }) => blockSize),
  deviceGauge('scst_device_backing_allocated_bytes', 'What the backing file really takes on its file system.', ({ backing }) => backing?.allocated, 'backing'),
  deviceGauge('scst_device_backing_length_bytes', 'Length of the backing file.', ({ backing }) => backing?.length, 'backing'),
  deviceGauge('scst_device_reservation_held', 'Whether there is a persistent reservation.', ({ reservations }) => (reservations === undefined ? undefined : reservations.reservation !== undefined), 'reservations'),
  {
    name: 'scst_device_reservation_info',
    type: 'gauge',
    help: 'Type and scope of the persistent reservation that is held. Always 1.',
    labels: ['device', 'type', 'scope'],
    needs: ['devices', 'reservations'],
    *samples({ survey }) {
      for (const { name, reservations } of survey.devices) if (reservations?.reservation !== undefined) yield [[name, reservations.reservation.type, reservations.reservation.scope], 1];
    },
  },
  deviceGauge('scst_device_registrants', 'I_T nexuses registered for persistent reservations; beyond about 40 the attribute has no room for all.', ({ reservations }) => reservations?.registrants, 'reservations'),
  deviceGauge('scst_device_reservation_generation', 'PRgeneration: how often registrations and reservations were changed by PERSISTENT RESERVE OUT.', ({ reservations }) => reservations?.generation, 'reservations'),
  {
    name: 'scst_device_active_commands',
    type: 'gauge',
    help: 'Commands of all sessions to the device that are under way.',
    labels: ['device'],
    needs: ['devices', 'sessions', 'session-luns', 'luns'],
    *samples({ survey }) {
      const active = activeByDevice(survey);
      for (const { name } of survey.devices) yield [[name], active.get(name) ?? 0];
    },
  },
];
