import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScstError } from '../errors.js';
import { formatCpuMask, parseCpuMask } from './cpu-mask.js';

const parsed = (text: string, cpus: number): string => {
  try {
    return parseCpuMask(text, cpus).toString(16);
  } catch (error) {
    if (error instanceof ScstError) return error.code;
    throw error;
  }
};

describe('cpu_mask', () => {
  it.each([
    ['1', 1, '1'],
    ['00000001\n', 1, '1'],
    ['', 1, '0'],
    ['\n', 1, '0'],
    [' , ', 1, '0'],
    ['1,\nx', 1, '1'],
    ['1\0x', 1, '1'],
    ['2', 1, 'EOVERFLOW'],
    ['1,1', 1, 'EOVERFLOW'],
    ['x,1', 1, 'EOVERFLOW'],
    ['000000001', 1, 'EOVERFLOW'],
    ['0x1', 1, 'EINVAL'],
    ['g', 1, 'EINVAL'],
    ['ff', 8, 'ff'],
    ['1ff', 8, 'EOVERFLOW'],
    ['3,ffffffff', 34, '3ffffffff'],
    ['3 ffffffff', 34, '3ffffffff'],
    ['7,ffffffff', 34, 'EOVERFLOW'],
  ])('reads %j on %i CPU(s) as %s', (text, cpus, result) => {
    expect(parsed(text, cpus)).toBe(result);
  });

  it('shows as many digits as there are CPUs, in groups of eight', () => {
    expect(formatCpuMask(1n, 1)).toBe('1');
    expect(formatCpuMask(0n, 1)).toBe('0');
    expect(formatCpuMask(0x3ffffffffn, 34)).toBe('3,ffffffff');
    expect(formatCpuMask(1n, 34)).toBe('0,00000001');
  });

  it('reads what it shows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }).chain((cpus) => fc.tuple(fc.constant(cpus), fc.bigInt({ min: 0n, max: (1n << BigInt(cpus)) - 1n }))),
        ([cpus, mask]) => {
          expect(parseCpuMask(formatCpuMask(mask, cpus), cpus)).toBe(mask);
        },
      ),
    );
  });
});
