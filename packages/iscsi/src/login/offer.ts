import type { ChapAlgorithm, DigestName, TargetParameters } from '../host.js';
import { IscsiError } from '../error.js';

/** What a target brings to the negotiation: {@link TargetParameters} with nothing left out, in range. */
export type TargetOffer = { readonly [Key in keyof TargetParameters]-?: Exclude<TargetParameters[Key], undefined> };

export const ALL_ALGORITHMS: readonly ChapAlgorithm[] = ['sha3-256', 'sha256', 'sha1', 'md5'];
const BOTH_DIGESTS: readonly DigestName[] = ['None', 'CRC32C'];

/** 2^24 - 1: the largest length that fits the keys (RFC 7143 13.12 to 13.14). */
export const MAX_LENGTH = 16_777_215;
export const MIN_LENGTH = 512;
const MIB = 1_048_576;

const NUMBERS = {
  maxConnections: { default: 1, low: 1, high: 65_535 },
  maxRecvDataSegmentLength: { default: MIB, low: MIN_LENGTH, high: MAX_LENGTH },
  maxXmitDataSegmentLength: { default: MIB, low: MIN_LENGTH, high: MAX_LENGTH },
  maxBurstLength: { default: MIB, low: MIN_LENGTH, high: MAX_LENGTH },
  firstBurstLength: { default: 262_144, low: MIN_LENGTH, high: MAX_LENGTH },
  defaultTime2Wait: { default: 2, low: 0, high: 3600 },
  maxOutstandingR2T: { default: 16, low: 1, high: 65_535 },
  queuedCommands: { default: 128, low: 1, high: 1024 },
  nopInInterval: { default: 30, low: 0, high: 3600 },
  nopInTimeout: { default: 30, low: 1, high: 3600 },
  responseTimeout: { default: 60, low: 1, high: 3600 },
} as const;

/** Fills in the defaults. Throws {@link IscsiError} `ERR_OPTION` for a number out of range or an empty list of digests. */
export function offerOf(given: TargetParameters = {}): TargetOffer {
  const number = (name: keyof typeof NUMBERS): number => {
    const { default: fallback, low, high } = NUMBERS[name];
    const value = given[name] ?? fallback;
    if (!Number.isInteger(value) || value < low || value > high) throw new IscsiError('ERR_OPTION', `${name} is ${low} to ${high}, not ${value}`);
    return value;
  };
  const digests = (name: 'headerDigest' | 'dataDigest'): readonly DigestName[] => {
    const value = given[name] ?? BOTH_DIGESTS;
    if (value.length === 0) throw new IscsiError('ERR_OPTION', `${name} lists no digest; None is one`);
    return value;
  };
  return {
    headerDigest: digests('headerDigest'),
    dataDigest: digests('dataDigest'),
    maxConnections: number('maxConnections'),
    initialR2T: given.initialR2T ?? false,
    immediateData: given.immediateData ?? true,
    maxRecvDataSegmentLength: number('maxRecvDataSegmentLength'),
    maxXmitDataSegmentLength: number('maxXmitDataSegmentLength'),
    maxBurstLength: number('maxBurstLength'),
    firstBurstLength: number('firstBurstLength'),
    defaultTime2Wait: number('defaultTime2Wait'),
    maxOutstandingR2T: number('maxOutstandingR2T'),
    queuedCommands: number('queuedCommands'),
    nopInInterval: number('nopInInterval'),
    nopInTimeout: number('nopInTimeout'),
    responseTimeout: number('responseTimeout'),
  };
}
