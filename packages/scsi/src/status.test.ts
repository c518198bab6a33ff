import { expect, it } from 'vitest';
import { STATUS } from './logical-unit.js';
import { statusName } from './status.js';

it('every status code has the name of its constant', () => {
  for (const [constant, code] of Object.entries(STATUS)) expect(statusName(code)).toBe(constant.replaceAll('_', ' '));
});

it('an unknown status shows its code', () => {
  expect(statusName(0x22)).toBe('STATUS 22h');
  expect(statusName(0)).toBe('GOOD');
});
