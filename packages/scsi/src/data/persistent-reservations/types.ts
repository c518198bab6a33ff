/** TYPE of a persistent reservation, SPC-5 table 222. */
export const RESERVATION_TYPE = {
  WRITE_EXCLUSIVE: 0x1,
  EXCLUSIVE_ACCESS: 0x3,
  WRITE_EXCLUSIVE_REGISTRANTS_ONLY: 0x5,
  EXCLUSIVE_ACCESS_REGISTRANTS_ONLY: 0x6,
  WRITE_EXCLUSIVE_ALL_REGISTRANTS: 0x7,
  EXCLUSIVE_ACCESS_ALL_REGISTRANTS: 0x8,
} as const;

/** SCOPE of a persistent reservation; the only one there is. */
export const RESERVATION_SCOPE = { LOGICAL_UNIT: 0x0 } as const;

const NAMES: Readonly<Record<number, string>> = {
  0x1: 'Write Exclusive',
  0x3: 'Exclusive Access',
  0x5: 'Write Exclusive, Registrants Only',
  0x6: 'Exclusive Access, Registrants Only',
  0x7: 'Write Exclusive, All Registrants',
  0x8: 'Exclusive Access, All Registrants',
};

/** The standard's name of a reservation type. */
export function reservationTypeName(type: number): string {
  return NAMES[type] ?? `reserved type ${type.toString(16).toUpperCase()}h`;
}
