import type { DigestName } from '../host.js';

/** What a login agreed on, for the session as a whole; RFC 7143 13 with its defaults. */
export interface NegotiatedParameters {
  maxConnections: number;
  initialR2T: boolean;
  immediateData: boolean;
  maxBurstLength: number;
  firstBurstLength: number;
  defaultTime2Wait: number;
  defaultTime2Retain: number;
  maxOutstandingR2T: number;
  dataPduInOrder: boolean;
  dataSequenceInOrder: boolean;
  errorRecoveryLevel: number;
}

/** What a login agreed on for its connection. */
export interface ConnectionParameters {
  headerDigest: DigestName;
  dataDigest: DigestName;
  /** MaxRecvDataSegmentLength of the initiator, and how much of it we use. */
  maxXmitDataSegmentLength: number;
  /** What we take in one PDU. */
  maxRecvDataSegmentLength: number;
}

/** RFC 7143 13: the values while nothing has been agreed. */
export const defaultParameters = (): NegotiatedParameters => ({
  maxConnections: 1,
  initialR2T: true,
  immediateData: true,
  maxBurstLength: 262_144,
  firstBurstLength: 65_536,
  defaultTime2Wait: 2,
  defaultTime2Retain: 20,
  maxOutstandingR2T: 1,
  dataPduInOrder: true,
  dataSequenceInOrder: true,
  errorRecoveryLevel: 0,
});

/** MaxRecvDataSegmentLength while nothing was declared, and during login (13.12). */
export const DEFAULT_DATA_SEGMENT_LENGTH = 8192;

export const defaultConnectionParameters = (): ConnectionParameters => ({
  headerDigest: 'None',
  dataDigest: 'None',
  maxXmitDataSegmentLength: DEFAULT_DATA_SEGMENT_LENGTH,
  maxRecvDataSegmentLength: DEFAULT_DATA_SEGMENT_LENGTH,
});
