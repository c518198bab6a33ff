import fc from 'fast-check';
import { type TransportId } from '../types.js';

/** One of these characters. */
export const oneOf = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...Array.from(characters));

const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const uint128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const hexDigit = oneOf('0123456789abcdefABCDEF');

const isAllowed = (character: string): boolean => character > ' ' && character !== ',' && character !== '\x7f';

/** Names of every script, up to the limit of 223 bytes. */
export const iscsiName = fc
  .oneof(
    fc.string({ unit: oneOf('abcxyzABCXYZ0189-.:'), minLength: 1, maxLength: 223 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  )
  .map((name) => Array.from(name).filter(isAllowed).join(''))
  .filter((name) => name.length > 0 && new TextEncoder().encode(name).length <= 223);

export const isid = fc.string({ unit: hexDigit, minLength: 1, maxLength: 12 });

/** Protocols without a format of their own: any format code and any contents, of a length a TransportID can have. */
const rawTransportId = fc
  .tuple(fc.constantFrom(0x2, 0x7, 0x8, 0x9, 0xb, 0xc, 0xd, 0xe, 0xf), fc.integer({ min: 0, max: 15 }), fc.uint8Array({ minLength: 23, maxLength: 23 }))
  .map(([identifier, high, rest]): TransportId => ({ protocol: 'raw', bytes: Uint8Array.of((high << 4) | identifier, ...rest) }));

/** Every TransportID this package can hold in a list. */
export const transportId: fc.Arbitrary<TransportId> = fc.oneof(
  fc.record({ protocol: fc.constant('fcp' as const), nPortName: uint64 }),
  fc.record({ protocol: fc.constant('spi' as const), scsiAddress: uint16, relativeTargetPort: uint16 }),
  fc.record({ protocol: fc.constant('ieee1394' as const), eui64Name: uint64 }),
  fc.record({ protocol: fc.constant('srp' as const), initiatorPortIdentifier: uint128 }),
  fc.record({ protocol: fc.constant('iscsi' as const), name: iscsiName, isid }, { requiredKeys: ['protocol', 'name'] }),
  fc.record({ protocol: fc.constant('sas' as const), sasAddress: uint64 }),
  fc.record({ protocol: fc.constant('sop' as const), routingId: uint16 }),
  rawTransportId,
);

/** Bytes that come near to a TransportID, so that every check is reached, and bytes that do not. */
export const nearlyTransportId: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .tuple(fc.nat(255), fc.nat(1), fc.nat(64), fc.uint8Array({ maxLength: 72 }))
    .map(([first, second, length, rest]) => Uint8Array.of(first, second, 0, length, ...rest)),
  fc
    .tuple(fc.constantFrom(0x05, 0x45), fc.string({ unit: oneOf('ab,i0x1\0\xff'), maxLength: 40 }), fc.nat(8))
    .map(([first, text, padding]) => {
      const body = Uint8Array.from(text, (character) => character.charCodeAt(0));
      return Uint8Array.of(first, 0, 0, body.length + padding, ...body, ...new Uint8Array(padding));
    }),
);
