/** PERIPHERAL DEVICE TYPE, SPC-5 6.7.2 table 150. */
export const PERIPHERAL_DEVICE_TYPE = {
  DIRECT_ACCESS_BLOCK: 0x00,
  SEQUENTIAL_ACCESS: 0x01,
  PRINTER: 0x02,
  PROCESSOR: 0x03,
  WRITE_ONCE: 0x04,
  CD_DVD: 0x05,
  SCANNER: 0x06,
  OPTICAL_MEMORY: 0x07,
  MEDIA_CHANGER: 0x08,
  STORAGE_ARRAY_CONTROLLER: 0x0c,
  ENCLOSURE_SERVICES: 0x0d,
  SIMPLIFIED_DIRECT_ACCESS: 0x0e,
  OPTICAL_CARD: 0x0f,
  OBJECT_BASED_STORAGE: 0x11,
  AUTOMATION_DRIVE_INTERFACE: 0x12,
  SECURITY_MANAGER: 0x13,
  HOST_MANAGED_ZONED_BLOCK: 0x14,
  WELL_KNOWN_LOGICAL_UNIT: 0x1e,
  UNKNOWN: 0x1f,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'direct access block device',
  0x01: 'sequential access device',
  0x02: 'printer',
  0x03: 'processor',
  0x04: 'write-once device',
  0x05: 'CD/DVD device',
  0x06: 'scanner',
  0x07: 'optical memory device',
  0x08: 'media changer',
  0x0c: 'storage array controller',
  0x0d: 'enclosure services device',
  0x0e: 'simplified direct access device',
  0x0f: 'optical card reader/writer',
  0x11: 'object-based storage device',
  0x12: 'automation/drive interface',
  0x13: 'security manager device',
  0x14: 'host managed zoned block device',
  0x1e: 'well known logical unit',
  0x1f: 'unknown or no device type',
};

/** What a peripheral device type is, in the words of the standard. */
export function peripheralDeviceTypeName(type: number): string {
  return NAMES[type] ?? `reserved device type ${type.toString(16).padStart(2, '0').toUpperCase()}h`;
}
