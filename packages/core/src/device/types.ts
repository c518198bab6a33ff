/** What SCST calls the peripheral device types (SPC-5 6.7.2). */
const NAMES: Readonly<Record<number, string>> = {
  0x00: 'Direct-access device (e.g., magnetic disk)',
  0x01: 'Sequential-access device (e.g., magnetic tape)',
  0x02: 'Printer device',
  0x03: 'Processor device',
  0x04: 'Write-once device (e.g., some optical disks)',
  0x05: 'CD-ROM device',
  0x06: 'Scanner device (obsolete)',
  0x07: 'Optical memory device (e.g., some optical disks)',
  0x08: 'Medium changer device (e.g., jukeboxes)',
  0x09: 'Communications device (obsolete)',
  0x0a: 'Defined by ASC IT8 (Graphic arts pre-press devices)',
  0x0b: 'Defined by ASC IT8 (Graphic arts pre-press devices)',
  0x0c: 'Storage array controller device (e.g., RAID)',
  0x0d: 'Enclosure services device',
  0x0e: 'Simplified direct-access device (e.g., magnetic disk)',
  0x0f: 'Optical card reader/writer device',
};

/** The content of a `type` file, less its newline. */
export const typeText = (type: number): string => `${type} - ${NAMES[type] ?? 'unknown'}`;
