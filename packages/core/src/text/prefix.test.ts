import { describe, expect, it } from 'vitest';
import { matchesPrefix } from './prefix.js';

describe('words that may be cut short or go on', () => {
  it.each([
    ['F', true],
    ['flat', true],
    ['FLATTEN\n', true],
    ['FLT', false],
    ['F\n', false],
    ['F\0', false],
    [' FLAT', false],
    ['', false],
  ])('%j for FLAT: %s', (text, matches) => {
    expect(matchesPrefix('FLAT', text)).toBe(matches);
  });
});
