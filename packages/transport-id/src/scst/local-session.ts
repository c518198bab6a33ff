import { TransportIdError } from '../error.js';
import { type SasTransportId } from '../types.js';

/** 5FEEDE4n NFADE050h: the number of the session fills the two digits marked n. */
const BASE_ADDRESS = 0x5feede40_0fade050n;
const NUMBER_SHIFT = 28n;

/**
 * The TransportID that scst_local gives a session by default. Sessions are numbered from 1 by attempts to make one since
 * the module was loaded; only the number's low eight bits count, so session 257 has the TransportID of session 1.
 *
 * @throws {@link TransportIdError} `FIELD` when `sessionNumber` is not a whole number from 0 to 2^53 - 1.
 */
export function scstLocalTransportId(sessionNumber: number): SasTransportId {
  if (!Number.isSafeInteger(sessionNumber) || sessionNumber < 0) {
    throw new TransportIdError({ code: 'FIELD', offset: 7, rule: `the session number must be a whole number from 0, it is ${sessionNumber}` });
  }
  return { protocol: 'sas', sasAddress: BASE_ADDRESS | (BigInt(sessionNumber % 0x100) << NUMBER_SHIFT) };
}
