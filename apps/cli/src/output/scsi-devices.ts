import { lsscsiTypeName } from '@scst/scsi';
import { type ScsiDeviceView } from '../survey/scsi-device.js';
import { formatTable } from './table.js';

/**
 * SCSI devices as a table for people.
 *
 * @param sessions Whether each one's session is shown.
 */
export const formatDevicesTable = (devices: readonly (ScsiDeviceView & { readonly session?: string | null })[], bold: (text: string) => string, { sessions = false } = {}): string =>
  formatTable(
    [{ heading: 'ADDRESS' }, { heading: 'TYPE' }, { heading: 'VENDOR' }, { heading: 'MODEL' }, { heading: 'REVISION' }, { heading: 'NODE' }, { heading: 'SG' }, ...(sessions ? [{ heading: 'SESSION' }] : [])],
    devices.map(({ address, type, vendor, model, revision, node, sg, session }) => [
      address, lsscsiTypeName(type), vendor, model, revision, node ?? '-', sg ?? '-', ...(sessions ? [session ?? 'none: the machine’s own'] : []),
    ]),
    bold,
  );
