/** Serial number arithmetic (RFC 1982) on the 32-bit numbers of iSCSI: whether `a` comes before `b`. */
export const isBefore = (a: number, b: number): boolean => ((a - b) | 0) < 0;

export const next = (a: number): number => (a + 1) >>> 0;

export const plus = (a: number, count: number): number => (a + count) >>> 0;
