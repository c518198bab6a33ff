/** FCP initiator port, SPC-4 7.6.4.2. */
export interface FcpTransportId {
  readonly protocol: 'fcp';
  /** N_PORT_NAME: the 64-bit N_Port_Name of the port. */
  readonly nPortName: bigint;
}

/** Parallel SCSI initiator port, SPC-4 7.6.4.3. */
export interface SpiTransportId {
  readonly protocol: 'spi';
  /** SCSI ADDRESS of the initiator port, 0 to 65535. */
  readonly scsiAddress: number;
  /** RELATIVE TARGET PORT IDENTIFIER of the target port for which that address applies, 0 to 65535. */
  readonly relativeTargetPort: number;
}

/** SBP initiator port on IEEE 1394, SPC-4 7.6.4.4. */
export interface Ieee1394TransportId {
  readonly protocol: 'ieee1394';
  /** EUI-64 NAME: the node's unique identifier. */
  readonly eui64Name: bigint;
}

/** SRP initiator port on an RDMA interface, SPC-4 7.6.4.5. */
export interface SrpTransportId {
  readonly protocol: 'srp';
  /** INITIATOR PORT IDENTIFIER, 128 bits. */
  readonly initiatorPortIdentifier: bigint;
}

/**
 * iSCSI initiator, SPC-4 7.6.4.6. With `isid` it is one initiator port (format code 01b); without, the initiator
 * device and so every port of it (format code 00b).
 */
export interface IscsiTransportId {
  readonly protocol: 'iscsi';
  /** iSCSI name of the initiator node: 1 to 223 bytes of UTF-8, no comma, no blank, no control character. Case is kept. */
  readonly name: string;
  /** iSCSI initiator session identifier: 1 to 12 hexadecimal digits without `0x`, kept as they were written. */
  readonly isid?: string | undefined;
}

/** SAS SSP initiator port, SPC-4 7.6.4.7. */
export interface SasTransportId {
  readonly protocol: 'sas';
  /** SAS ADDRESS, 64 bits. */
  readonly sasAddress: bigint;
}

/** SCSI over PCI Express initiator port, SPC-4 7.6.4.8. */
export interface SopTransportId {
  readonly protocol: 'sop';
  /** PCI Express ROUTING ID (bus, device, function), 0 to 65535. */
  readonly routingId: number;
}

/**
 * Bytes kept as they are: the TransportID of a protocol for which SPC defines no format (SSA, ADT, ATA, UAS, PCIe, none,
 * reserved), or, when it was asked for, one that breaks the rules of its protocol.
 */
export interface RawTransportId {
  readonly protocol: 'raw';
  readonly bytes: Uint8Array;
}

/** A TransportID, SPC-4 7.6.4: who an initiator port is, by its transport protocol's own names. */
export type TransportId =
  | FcpTransportId
  | SpiTransportId
  | Ieee1394TransportId
  | SrpTransportId
  | IscsiTransportId
  | SasTransportId
  | SopTransportId
  | RawTransportId;

/** How forgiving decoding is. */
export interface DecodeOptions {
  /**
   * Bits that SPC reserves or made obsolete, and the padding behind an iSCSI text: `reject` those that are not zero
   * (default), or `ignore` them. With `reject`, encoding what was decoded gives the same bytes again (but for surplus
   * iSCSI padding); with `ignore` these bits are lost.
   */
  readonly reserved?: 'reject' | 'ignore' | undefined;
  /**
   * A TransportID that breaks a rule: `throw` (default), or return its bytes as `raw`, without loss. With `raw`,
   * decoding one TransportID never throws.
   */
  readonly malformed?: 'throw' | 'raw' | undefined;
}
