import { MAX_LENGTH, MIN_LENGTH, type TargetOffer } from './offer.js';
import type { ConnectionParameters, NegotiatedParameters } from './parameters.js';
import { IRRELEVANT, NOT_UNDERSTOOD, parseBoolean, parseList, parseNumber, printBoolean, REJECT } from './values.js';

/** What a key's result function works with. */
export interface Negotiation {
  readonly offer: TargetOffer;
  readonly session: NegotiatedParameters;
  readonly connection: ConnectionParameters;
}

/** One operational key, RFC 7143 13. */
export interface KeyRow {
  /**
   * When it may be sent: `leading` while the first connection of a session logs in, `login` while any does, `always` then and in the
   * full feature phase.
   */
  readonly use: 'leading' | 'login' | 'always';
  /** The result function: takes what the initiator offers, agrees, and gives the answer; null where a declaration gets none. */
  readonly negotiate: (value: string, negotiation: Negotiation) => string | null;
}

type NumberKey = 'maxConnections' | 'maxBurstLength' | 'firstBurstLength' | 'defaultTime2Wait' | 'maxOutstandingR2T';
type BooleanKey = 'initialR2T' | 'immediateData';

/** A number that lies in its range; anything else is rejected. */
function inRange(text: string, low: number, high: number): number | undefined {
  const value = parseNumber(text);
  return value !== undefined && value >= low && value <= high ? value : undefined;
}

/** Minimum and Maximum: the lower, or the higher, of what both want. */
function numeric(key: NumberKey, choose: (a: number, b: number) => number, low: number, high: number): KeyRow {
  return {
    use: 'leading',
    negotiate: (text, { offer, session }) => {
      const value = inRange(text, low, high);
      if (value === undefined) return REJECT;
      session[key] = choose(value, offer[key]);
      return String(session[key]);
    },
  };
}

/** AND and OR. */
function logical(key: BooleanKey, choose: (a: boolean, b: boolean) => boolean): KeyRow {
  return {
    use: 'leading',
    negotiate: (text, { offer, session }) => {
      const value = parseBoolean(text);
      if (value === undefined) return REJECT;
      session[key] = choose(value, offer[key]);
      return printBoolean(session[key]);
    },
  };
}

const and = (a: boolean, b: boolean): boolean => a && b;
const or = (a: boolean, b: boolean): boolean => a || b;
const lower = (a: number, b: number): number => Math.min(a, b);
const higher = (a: number, b: number): number => Math.max(a, b);

/** Data comes in order: this end says Yes, and the result function is OR. */
function inOrder(key: 'dataPduInOrder' | 'dataSequenceInOrder'): KeyRow {
  return {
    use: 'leading',
    negotiate: (text, { session }) => {
      if (parseBoolean(text) === undefined) return REJECT;
      session[key] = true;
      return 'Yes';
    },
  };
}

/** The first of the initiator's list that this end has too. */
function digest(key: 'headerDigest' | 'dataDigest'): KeyRow {
  return {
    use: 'login',
    negotiate: (text, { offer, connection }) => {
      const choice = parseList(text).find((value): value is 'None' | 'CRC32C' => offer[key].some((ours) => ours === value));
      if (choice === undefined) return REJECT;
      connection[key] = choice;
      return choice;
    },
  };
}

/** Of obsolete keys (13.25): markers are not used, and so their intervals mean nothing. */
const fixed = (answer: string): KeyRow => ({ use: 'login', negotiate: () => answer });

/** Zero: this end keeps nothing of a session whose last connection is gone (error recovery level 0). */
const TIME_TO_RETAIN: KeyRow = {
  use: 'leading',
  negotiate: (text, { session }) => {
    if (inRange(text, 0, 3600) === undefined) return REJECT;
    session.defaultTime2Retain = 0;
    return '0';
  },
};

const ERROR_RECOVERY_LEVEL: KeyRow = {
  use: 'leading',
  negotiate: (text, { session }) => {
    if (inRange(text, 0, 2) === undefined) return REJECT;
    session.errorRecoveryLevel = 0;
    return '0';
  },
};

/** 13.12: the initiator's declaration bounds what is sent to it. */
const MAX_RECV_DATA_SEGMENT_LENGTH: KeyRow = {
  use: 'always',
  negotiate: (text, { offer, connection }) => {
    const value = inRange(text, MIN_LENGTH, MAX_LENGTH);
    if (value === undefined) return REJECT;
    connection.maxXmitDataSegmentLength = Math.min(value, offer.maxXmitDataSegmentLength);
    return null;
  },
};

/** 13.23: the semantics of aborts that both have. */
const TASK_REPORTING: KeyRow = { use: 'leading', negotiate: (text) => (parseList(text).includes('RFC3720') ? 'RFC3720' : REJECT) };

/** RFC 7144 7.1.1: level 1 is RFC 7143. */
const PROTOCOL_LEVEL: KeyRow = {
  use: 'leading',
  negotiate: (text) => {
    const value = inRange(text, 0, 31);
    return value === undefined ? REJECT : String(Math.min(value, 1));
  },
};

/** Every operational key that an initiator offers or declares. Those of the security stage and those that name things are the login's own. */
export const OPERATIONAL_KEYS: ReadonlyMap<string, KeyRow> = new Map<string, KeyRow>([
  ['HeaderDigest', digest('headerDigest')],
  ['DataDigest', digest('dataDigest')],
  ['MaxConnections', numeric('maxConnections', lower, 1, 65_535)],
  ['InitialR2T', logical('initialR2T', or)],
  ['ImmediateData', logical('immediateData', and)],
  ['MaxRecvDataSegmentLength', MAX_RECV_DATA_SEGMENT_LENGTH],
  ['MaxBurstLength', numeric('maxBurstLength', lower, MIN_LENGTH, MAX_LENGTH)],
  ['FirstBurstLength', numeric('firstBurstLength', lower, MIN_LENGTH, MAX_LENGTH)],
  ['DefaultTime2Wait', numeric('defaultTime2Wait', higher, 0, 3600)],
  ['DefaultTime2Retain', TIME_TO_RETAIN],
  ['MaxOutstandingR2T', numeric('maxOutstandingR2T', lower, 1, 65_535)],
  ['DataPDUInOrder', inOrder('dataPduInOrder')],
  ['DataSequenceInOrder', inOrder('dataSequenceInOrder')],
  ['ErrorRecoveryLevel', ERROR_RECOVERY_LEVEL],
  ['TaskReporting', TASK_REPORTING],
  ['iSCSIProtocolLevel', PROTOCOL_LEVEL],
  ['IFMarker', fixed('No')],
  ['OFMarker', fixed('No')],
  ['IFMarkInt', fixed(REJECT)],
  ['OFMarkInt', fixed(REJECT)],
]);

/** What a phase allows of {@link KeyRow.use}. */
export type Phase = 'leading' | 'login' | 'full-feature';

/**
 * The answer to one operational key, or null where none is due. A key of another phase is `Irrelevant` in the login of a further
 * connection, which follows what the first one agreed on, and rejected in the full feature phase.
 */
export function answerKey(key: string, value: string, phase: Phase, negotiation: Negotiation): string | null {
  const row = OPERATIONAL_KEYS.get(key);
  if (row === undefined) return NOT_UNDERSTOOD;
  if (phase === 'full-feature' && row.use !== 'always') return REJECT;
  if (phase === 'login' && row.use === 'leading') return IRRELEVANT;
  return row.negotiate(value, negotiation);
}
