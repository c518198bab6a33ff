import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './wildcard.js';

describe('patterns of initiator names (SPEC sysfs 6.4)', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['ABC', 'abc', true],
    ['\xc9', '\xe9', true],
    ['\xd7', '\xf7', false],
    ['a*', 'a', true],
    ['*', '', true],
    ['a?c', 'abc', true],
    ['a?', 'a', false],
    ['!abc', 'abc', false],
    ['!abc', 'abd', true],
    ['a!c', 'ac', false],
    ['a!c', 'ad', true],
    ['a!c', 'acd', true],
    ['ab!d', 'abc', true],
    ['ab!d', 'abd', false],
    ['abc!', 'abc', false],
    ['!', 'anything', true],
    ['!!', '!', false],
    ['!!', 'x', true],
    ['!*', 'x', false],
    ['*!ab', 'ab', false],
    ['*!ab', 'xab', true],
  ])('%j and %j: %s', (pattern, name, matches) => {
    expect(matchesPattern(pattern, name)).toBe(matches);
  });

  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), maxLength: 12 });

  it('is what a regular expression says, where nothing is negated', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '*', '?'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, letters, (wild, name) => {
        const expression = new RegExp(`^${wild.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
        expect(matchesPattern(wild, name)).toBe(expression.test(name));
      }),
    );
  });

  it('negates what follows a leading exclamation mark, for every name but the empty one', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, letters, (wild, name) => {
        expect(matchesPattern(`!${wild}`, name)).toBe(name !== '' && !matchesPattern(wild, name));
      }),
    );
  });
});
