import type { Profile } from '../profile.js';

/** Where an INVALID FIELD points to. */
export interface FieldPlace {
  readonly in: 'cdb' | 'parameters';
  readonly byte: number;
  /** The most significant bit of the field. */
  readonly bit?: number;
}

/** What a profile changes in persistent reservations, as data. */
export interface ReservationRules {
  /**
   * READ FULL STATUS into too small a buffer. `drops-descriptors`: a descriptor is stored only while more room is left than it
   * needs, and the room counts down by those not stored too (SPEC 18, 3). `plain`: cut at the end, as SPC-5 4.3.5.6 asks.
   */
  readonly fullStatusTruncation: 'drops-descriptors' | 'plain';
  /** Bytes 6-7 of REPORT CAPABILITIES: left as the initiator's buffer had them, or zero as reserved fields are. */
  readonly reservedCapabilities: 'untouched' | 'zero';
  /** ALL_TG_PT registers through the target ports that have a relative identifier, or through all. */
  readonly allTargetPorts: 'identified' | 'all';
  /** PREEMPT with a reserved type. */
  readonly preemptType: FieldPlace;
  /** REGISTER AND MOVE with a zero SERVICE ACTION RESERVATION KEY. */
  readonly moveZeroKey: FieldPlace;
}

const RECORDED: ReservationRules = {
  fullStatusTruncation: 'drops-descriptors',
  reservedCapabilities: 'untouched',
  allTargetPorts: 'identified',
  preemptType: { in: 'cdb', byte: 1, bit: 0 },
  moveZeroKey: { in: 'cdb', byte: 8 },
};

const SCST: ReservationRules = { ...RECORDED, fullStatusTruncation: 'plain', reservedCapabilities: 'zero' };

const T10: ReservationRules = {
  ...SCST,
  allTargetPorts: 'all',
  preemptType: { in: 'cdb', byte: 2, bit: 3 },
  moveZeroKey: { in: 'parameters', byte: 8 },
};

export const RESERVATION_RULES: Readonly<Record<Profile, ReservationRules>> = { recorded: RECORDED, scst: SCST, t10: T10 };
