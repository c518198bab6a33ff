import { type DeviceView } from '../survey/device.js';

/** What is odd about the size of a device over a file: less than a block, or an end that no block reaches. */
export const checkSize = ({ name, size, blockSize, file }: DeviceView): string[] => {
  if (size === undefined || blockSize === undefined || file === undefined) return [];
  const block = BigInt(blockSize);
  if (size < block) return [`${name} has no blocks: ${file} has ${size} bytes, less than one block of ${block}`];
  const rest = size % block;
  return rest === 0n ? [] : [`the last ${rest} bytes of ${file} are out of reach: its size, ${size}, is no multiple of the block size, ${block}`];
};
