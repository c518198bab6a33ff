/** A count as attributes show it; undefined for anything else. Beyond 2^53 it is the nearest number, as in Prometheus itself. */
export const parseCount = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/u.test(text) ? Number(text) : undefined);

/** A number that may be negative, or in hex as flags are shown. */
export const parseInteger = (text: string | undefined): number | undefined => (text !== undefined && /^(?:-?\d+|0x[\da-f]+)$/iu.test(text) ? Number(text) : undefined);
