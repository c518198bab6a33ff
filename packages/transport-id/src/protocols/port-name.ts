import { readBigEndian, writeBigEndian } from '../bytes.js';
import { checkField, checkFixedLayout, FIXED_LENGTH, textError, type Codec } from '../codec.js';
import { type TransportId } from '../types.js';

export interface PortNameLayout<T extends TransportId> {
  readonly protocol: T['protocol'];
  readonly protocolIdentifier: number;
  readonly schemes: readonly [string, ...string[]];
  readonly clause: string;
  /** Name of the field in the standard. */
  readonly field: string;
  readonly offset: number;
  readonly length: number;
  readonly get: (id: T) => bigint;
  readonly make: (value: bigint) => T;
}

/** Codec of a 24-byte TransportID that holds one port name and is otherwise reserved: FCP, IEEE 1394, SRP, SAS and SOP. */
export function portNameCodec<T extends TransportId>(layout: PortNameLayout<T>): Codec<T> {
  const { protocol, protocolIdentifier, schemes, clause, field, offset, length, get, make } = layout;
  const digits = 2 * length;
  const maximum = (1n << BigInt(8 * length)) - 1n;
  const plain = new RegExp(`^(?:0x)?([0-9a-f]{${digits}})$`, 'i');
  const separated = new RegExp(`^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){${length - 1}}$`, 'i');
  const check = (value: bigint): void => {
    checkField(field, value, maximum, offset, clause);
  };

  return {
    protocol,
    protocolIdentifier,
    schemes,
    encode(id) {
      const value = get(id);
      check(value);
      const bytes = new Uint8Array(FIXED_LENGTH);
      bytes[0] = protocolIdentifier;
      writeBigEndian(bytes, offset, length, value);
      return bytes;
    },
    decode(bytes, ignoreReserved) {
      checkFixedLayout(bytes, [{ offset, length }], clause, ignoreReserved);
      return make(readBigEndian(bytes, offset, length));
    },
    print(id) {
      const value = get(id);
      check(value);
      return value.toString(16).padStart(digits, '0');
    },
    parse(text, at) {
      const hex = plain.exec(text)?.[1] ?? (separated.test(text) ? text.replaceAll(/[:-]/g, '') : undefined);
      if (hex === undefined) throw textError(at, `${field} is written as ${digits} hexadecimal digits`);
      return make(BigInt(`0x${hex}`));
    },
  };
}
