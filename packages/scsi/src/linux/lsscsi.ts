import { hctl, type ListedScsiDevice } from './listed-device.js';

/** lsscsi's names of the peripheral device types, each at most 7 characters. */
const TYPE_NAMES = [
  'disk', 'tape', 'printer', 'process', 'worm', 'cd/dvd', 'scanner', 'optical', 'mediumx', 'comms', '(0xa)', '(0xb)', 'storage', 'enclosu', 'sim dsk', 'opti rd',
  'bridge', 'osd', 'adi', 'sec man', 'zbc', '(0x15)', '(0x16)', '(0x17)', '(0x18)', '(0x19)', '(0x1a)', '(0x1b)', '(0x1c)', '(0x1d)', 'wlun', 'no dev',
];

/** lsscsi's name of a peripheral device type: `disk`, `cd/dvd`, `mediumx` … */
export const lsscsiTypeName = (type: number): string => TYPE_NAMES[type] ?? 'type???';

/**
 * Lines as `lsscsi -g` prints them: address, type, vendor, model, revision, node of the type's driver, SCSI generic node, each at least as
 * wide as lsscsi makes it, the last one too.
 */
export const formatLsscsi = (devices: Iterable<ListedScsiDevice>): string[] =>
  [...devices].map((device) =>
    [
      `[${hctl(device)}]`.padEnd(12),
      lsscsiTypeName(device.type).padEnd(7),
      device.vendor.padEnd(8),
      device.model.padEnd(16),
      device.revision.padEnd(4),
      ` ${(device.node ?? '-').padEnd(9)}`,
      ` ${(device.sg ?? '-').padEnd(9)}`,
    ].join(' '),
  );
