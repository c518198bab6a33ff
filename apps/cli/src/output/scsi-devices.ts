import { type ScsiDevice } from '@scst/local';
import { lsscsiTypeName } from '@scst/scsi';
import { formatTable } from './table.js';

/** SCSI devices as a table for people. */
export const formatDevicesTable = (devices: readonly ScsiDevice[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'ADDRESS' }, { heading: 'TYPE' }, { heading: 'VENDOR' }, { heading: 'MODEL' }, { heading: 'REVISION' }, { heading: 'NODE' }, { heading: 'SG' }],
    devices.map(({ address, type, vendor, model, revision, node, sg }) => [address, lsscsiTypeName(type), vendor, model, revision, node ?? '-', sg ?? '-']),
    bold,
  );
