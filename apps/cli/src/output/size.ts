const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** A number of bytes for people: `512 B`, `16 GiB`, `1.5 TiB`. */
export const formatSize = (bytes: bigint): string => {
  if (bytes < 1024n) return `${bytes} B`;
  let unit = 0;
  let divisor = 1024n;
  while (unit < UNITS.length - 1 && bytes >= divisor * 1024n) {
    divisor *= 1024n;
    unit += 1;
  }
  const tenths = (bytes * 10n) / divisor;
  const fraction = tenths % 10n === 0n || tenths >= 1000n ? '' : `.${tenths % 10n}`;
  return `${tenths / 10n}${fraction} ${UNITS[unit] ?? ''}`;
};

const FACTORS: Readonly<Record<string, bigint>> = { '': 1n, K: 1n << 10n, M: 1n << 20n, G: 1n << 30n, T: 1n << 40n, P: 1n << 50n };

/** A size as people write it, `1G`, `512`, `16 MiB`, in bytes; undefined where it is none. Units are powers of 1024. */
export const parseSize = (text: string): bigint | undefined => {
  const [, digits, unit = ''] = /^(\d+) ?([KMGTP]?)(?:i?B)?$/iu.exec(text) ?? [];
  const factor = FACTORS[unit.toUpperCase()];
  return digits === undefined || factor === undefined ? undefined : BigInt(digits) * factor;
};
