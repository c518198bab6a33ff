/** TYPE of a persistent reservation, SPC-5 table 61. */
export const RESERVATION_TYPE = {
  WRITE_EXCLUSIVE: 0x1,
  EXCLUSIVE_ACCESS: 0x3,
  WRITE_EXCLUSIVE_REGISTRANTS_ONLY: 0x5,
  EXCLUSIVE_ACCESS_REGISTRANTS_ONLY: 0x6,
  WRITE_EXCLUSIVE_ALL_REGISTRANTS: 0x7,
  EXCLUSIVE_ACCESS_ALL_REGISTRANTS: 0x8,
} as const;

/** What a type means, as data. */
export interface ReservationTypeRule {
  readonly name: string;
  /** What is kept from those without rights: writing, or all access. */
  readonly excludes: 'writes' | 'access';
  /** Who has rights. `holder`: the holder alone; `registrants`: every registered nexus. */
  readonly rights: 'holder' | 'registrants';
  /** Who holds it: one registration, or all of them. */
  readonly heldBy: 'one' | 'all';
}

/** SPC-5 table 61, by TYPE. Codes that are not here are reserved or obsolete. */
export const RESERVATION_TYPES: ReadonlyMap<number, ReservationTypeRule> = new Map<number, ReservationTypeRule>([
  [RESERVATION_TYPE.WRITE_EXCLUSIVE, { name: 'Write Exclusive', excludes: 'writes', rights: 'holder', heldBy: 'one' }],
  [RESERVATION_TYPE.EXCLUSIVE_ACCESS, { name: 'Exclusive Access', excludes: 'access', rights: 'holder', heldBy: 'one' }],
  [RESERVATION_TYPE.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, { name: 'Write Exclusive - Registrants Only', excludes: 'writes', rights: 'registrants', heldBy: 'one' }],
  [RESERVATION_TYPE.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, { name: 'Exclusive Access - Registrants Only', excludes: 'access', rights: 'registrants', heldBy: 'one' }],
  [RESERVATION_TYPE.WRITE_EXCLUSIVE_ALL_REGISTRANTS, { name: 'Write Exclusive - All Registrants', excludes: 'writes', rights: 'registrants', heldBy: 'all' }],
  [RESERVATION_TYPE.EXCLUSIVE_ACCESS_ALL_REGISTRANTS, { name: 'Exclusive Access - All Registrants', excludes: 'access', rights: 'registrants', heldBy: 'all' }],
]);

/** Whether every registration holds a reservation of this type. */
export function isHeldByAll(type: number): boolean {
  return RESERVATION_TYPES.get(type)?.heldBy === 'all';
}

/** SCOPE of a persistent reservation: the logical unit, the only one there is. */
export const SCOPE_LOGICAL_UNIT = 0;
