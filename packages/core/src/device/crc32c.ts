/** CRC-32C, reflected polynomial 0x82F63B78, by byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0x82f63b78;
  return value >>> 0;
});

/**
 * The running CRC-32C of bytes. No inversion at either end: the kernel's `crc32c(seed, …)`; the CRC of the standards is
 * `~crc32c(bytes, ~0)`.
 */
export const crc32c = (bytes: Uint8Array, seed = 0): number => {
  let crc = seed >>> 0;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return crc >>> 0;
};
