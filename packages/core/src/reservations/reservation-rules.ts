import type { Explained, Profile } from '../profile.js';

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
  /** What becomes of a command whose change is to outlive power loss (APTPL) and cannot be saved: it stands, or it is refused. */
  readonly unsavedChange: 'stands' | 'refused';
  /** REGISTER AND MOVE with a zero SERVICE ACTION RESERVATION KEY. */
  readonly moveZeroKey: FieldPlace;
  /** REGISTER AND MOVE adds TRANSPORTID LENGTH to the length of the list before it in 32 bits, where a length near 2^32 becomes a short one, or exactly. */
  readonly moveLength: 'wraps' | 'exact';
}

const RECORDED: ReservationRules = {
  fullStatusTruncation: 'drops-descriptors',
  reservedCapabilities: 'untouched',
  allTargetPorts: 'identified',
  preemptType: { in: 'cdb', byte: 1, bit: 0 },
  unsavedChange: 'stands',
  moveZeroKey: { in: 'cdb', byte: 8 },
  moveLength: 'wraps',
};

const SCST: ReservationRules = { ...RECORDED, fullStatusTruncation: 'plain', reservedCapabilities: 'zero', unsavedChange: 'refused', moveLength: 'exact' };

const T10: ReservationRules = {
  ...SCST,
  allTargetPorts: 'all',
  preemptType: { in: 'cdb', byte: 2, bit: 3 },
  moveZeroKey: { in: 'parameters', byte: 8 },
};

export const RESERVATION_RULES: Readonly<Record<Profile, ReservationRules>> = { recorded: RECORDED, scst: SCST, t10: T10 };

/** Why the profiles differ. */
export const RESERVATION_RULE_DIFFERENCES: Explained<ReservationRules> = {
  fullStatusTruncation: {
    clause: 'SPC-5 4.3.5.6',
    why: 'SCST loses whole descriptors of READ FULL STATUS where the allocation length is short. Parameter data is cut at the allocation length and at nothing else.',
  },
  reservedCapabilities: { clause: 'SPC-5 6.14.4', why: "SCST leaves the initiator's buffer as it was where REPORT CAPABILITIES has reserved bytes." },
  allTargetPorts: {
    clause: 'SPC-5 5.14.7.2',
    why: 'SCST registers through those target ports alone that have been given a relative identifier. ALL_TG_PT means all.',
  },
  preemptType: { clause: 'SPC-5 6.15.2, 4.4.2.4.2', why: 'The field that is wrong is TYPE in byte 2. SCST points at the service action.' },
  unsavedChange: {
    clause: 'SPC-5 5.14.5, 5.14.7',
    why: 'With APTPL, SCST answers GOOD where it could not write its file, and a power loss then takes the reservation away. GOOD means that it is on stable storage. Otherwise nothing changes, nobody is told of anything, and the command ends with INSUFFICIENT REGISTRATION RESOURCES, or INSUFFICIENT RESERVATION RESOURCES where it does not register.',
  },
  moveZeroKey: { clause: 'SPC-5 6.15.4', why: 'The field that is wrong is in the parameter list. SCST points at byte 8 of the CDB.' },
  moveLength: {
    clause: 'SPC-5 6.15.4',
    why: 'SCST takes a TRANSPORTID LENGTH of 4294967272 and more for one that fits the list, and goes on with the TransportID that is there. A length beyond the parameter list is wrong.',
  },
};
