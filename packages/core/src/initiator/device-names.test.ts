import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskName, diskNumber } from './device-names.js';

describe('names of disks', () => {
  it.each([
    [0, 'sda'],
    [25, 'sdz'],
    [26, 'sdaa'],
    [701, 'sdzz'],
    [702, 'sdaaa'],
  ])('number %i is %s', (number, name) => {
    expect(diskName(number)).toBe(name);
  });

  it('tell the number again', () => {
    fc.assert(
      fc.property(fc.nat(), (number) => {
        expect(diskNumber(diskName(number))).toBe(number);
      }),
    );
  });
});
