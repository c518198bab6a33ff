import { RESERVATION_TYPE } from '@scst/scsi';

/** What a type of persistent reservation means, as data. */
export interface ReservationTypeRule {
  /** What is kept from those without rights: writing, or all access. */
  readonly excludes: 'writes' | 'access';
  /** Who has rights. `holder`: the holder alone; `registrants`: every registered nexus. */
  readonly rights: 'holder' | 'registrants';
  /** Who holds it: one registration, or all of them. */
  readonly heldBy: 'one' | 'all';
}

/** SPC-5 table 61, by TYPE. Codes that are not here are reserved or obsolete. */
export const RESERVATION_TYPES: ReadonlyMap<number, ReservationTypeRule> = new Map<number, ReservationTypeRule>([
  [RESERVATION_TYPE.WRITE_EXCLUSIVE, { excludes: 'writes', rights: 'holder', heldBy: 'one' }],
  [RESERVATION_TYPE.EXCLUSIVE_ACCESS, { excludes: 'access', rights: 'holder', heldBy: 'one' }],
  [RESERVATION_TYPE.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, { excludes: 'writes', rights: 'registrants', heldBy: 'one' }],
  [RESERVATION_TYPE.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, { excludes: 'access', rights: 'registrants', heldBy: 'one' }],
  [RESERVATION_TYPE.WRITE_EXCLUSIVE_ALL_REGISTRANTS, { excludes: 'writes', rights: 'registrants', heldBy: 'all' }],
  [RESERVATION_TYPE.EXCLUSIVE_ACCESS_ALL_REGISTRANTS, { excludes: 'access', rights: 'registrants', heldBy: 'all' }],
]);

/** Whether every registration holds a reservation of this type. */
export function isHeldByAll(type: number): boolean {
  return RESERVATION_TYPES.get(type)?.heldBy === 'all';
}
