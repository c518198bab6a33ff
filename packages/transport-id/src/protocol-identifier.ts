/**
 * PROTOCOL IDENTIFIER values, SPC-4 7.6.1 (Bh from SPC-5). Ch to Eh are reserved. SPC defines no TransportID format for
 * `ssa`, `adt`, `ata`, `uas`, `pcie` and `none`; theirs are kept as raw bytes.
 */
export const PROTOCOL_IDENTIFIER = {
  /** Fibre Channel Protocol for SCSI */
  fcp: 0x0,
  /** SCSI Parallel Interface */
  spi: 0x1,
  /** Serial Storage Architecture SCSI-3 Protocol */
  ssa: 0x2,
  /** Serial Bus Protocol for IEEE 1394 */
  ieee1394: 0x3,
  /** SCSI RDMA Protocol */
  srp: 0x4,
  /** Internet SCSI */
  iscsi: 0x5,
  /** SAS Serial SCSI Protocol */
  sas: 0x6,
  /** Automation/Drive Interface Transport Protocol */
  adt: 0x7,
  /** AT Attachment Interface */
  ata: 0x8,
  /** USB Attached SCSI */
  uas: 0x9,
  /** SCSI over PCI Express */
  sop: 0xa,
  /** PCI Express Protocols */
  pcie: 0xb,
  /** No specific protocol */
  none: 0xf,
} as const;

/** Name of a transport protocol that has a PROTOCOL IDENTIFIER. */
export type ProtocolName = keyof typeof PROTOCOL_IDENTIFIER;

const names = new Map<number, ProtocolName>(
  (Object.keys(PROTOCOL_IDENTIFIER) as ProtocolName[]).map((name) => [PROTOCOL_IDENTIFIER[name], name]),
);

/** Name of a PROTOCOL IDENTIFIER (0 to 15), or undefined where it is reserved. */
export const protocolName = (identifier: number): ProtocolName | undefined => names.get(identifier);
