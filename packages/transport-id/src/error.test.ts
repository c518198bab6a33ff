import { expect, it } from 'vitest';
import { TransportIdError } from './error.js';

it('is recognized by what it is, not by which copy of the package made it', () => {
  const error = new TransportIdError({ code: 'TEXT', offset: 3, unit: 'character', rule: 'something is wrong' });
  expect(error.message).toBe('character 3: something is wrong');
  expect(error).toBeInstanceOf(Error);
  expect(new Error('other') instanceof TransportIdError).toBe(false);
  expect((null as unknown) instanceof TransportIdError).toBe(false);
  const fromAnotherCopy: unknown = { [Symbol.for('@scst/transport-id/TransportIdError')]: true };
  expect(fromAnotherCopy instanceof TransportIdError).toBe(true);
});
