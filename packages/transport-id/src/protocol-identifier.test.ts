import { expect, it } from 'vitest';
import { PROTOCOL_IDENTIFIER, protocolName } from './protocol-identifier.js';

it('names what is assigned, and nothing that is reserved', () => {
  for (const [name, identifier] of Object.entries(PROTOCOL_IDENTIFIER)) expect(protocolName(identifier)).toBe(name);
  expect([0xc, 0xd, 0xe].map(protocolName)).toEqual([undefined, undefined, undefined]);
});
