import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyState } from './state.arbitrary.js';
import { decodeStateFile, encodeStateFile, type StateFileFormat } from './state-file.js';
import { ReservationFileError } from './state-file-error.js';
import { sasTransportId } from './testing.js';
import type { ReservationState } from './persistent-reservations.js';

const FORMATS: readonly StateFileFormat[] = ['own', 'kernel'];

const SAMPLE: ReservationState = {
  generation: 0,
  aptpl: true,
  reservation: { type: 5, scope: 0 },
  registrations: [
    { transportId: sasTransportId(1), relativeTargetPort: 1, key: 0x1111n, holder: true },
    { transportId: sasTransportId(2), relativeTargetPort: 0x0203, key: 0x2222n, holder: false },
  ],
};

describe.each(FORMATS)('a file of format %s', (format) => {
  it('gives back what was saved, and its format', () => {
    fc.assert(
      fc.property(anyState(), (state) => {
        expect(decodeStateFile(encodeStateFile(state, format))).toEqual({ state, format });
      }),
    );
  });
  it('is refused when it was cut short anywhere', () => {
    const file = encodeStateFile(SAMPLE, format);
    for (let length = 0; length < file.length; length++) {
      // A kernel file that ends after a whole registration cannot be told from one that never had more.
      if (format === 'kernel' && length === 20 + 1 + 24 + 10) continue;
      expect(() => decodeStateFile(file.subarray(0, length)), `${length} bytes`).toThrow(ReservationFileError);
    }
  });
  it('is refused when something follows it', () => {
    const file = encodeStateFile(SAMPLE, format);
    for (const extra of [1, 2, 24]) expect(() => decodeStateFile(Uint8Array.of(...file, ...new Uint8Array(extra)))).toThrow(ReservationFileError);
  });
});

it('a flipped bit anywhere has our file refused', () => {
  const file = encodeStateFile(SAMPLE);
  for (let bit = 0; bit < file.length * 8; bit++) {
    const damaged = file.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => decodeStateFile(damaged), `bit ${bit}`).toThrow(ReservationFileError);
  }
});

it('any bytes are refused or understood, and never throw anything else', () => {
  const kernelHeader = encodeStateFile(SAMPLE, 'kernel').slice(0, 20);
  const junk = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }).map((tail) => Uint8Array.of(...kernelHeader, ...tail)));
  fc.assert(
    fc.property(junk, (bytes) => {
      try {
        const { state } = decodeStateFile(bytes);
        expect(state.registrations.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(ReservationFileError);
      }
    }),
  );
});

describe('the kernel’s format, byte by byte', () => {
  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  const header = '77ddbbeeaaeeeebb 0100000000000000';
  const tid1 = '060000005feede401fade050000000000000000000000000';
  const tid2 = '060000005feede402fade050000000000000000000000000';

  it('is read', () => {
    const file = hex(`${header} 01 01 05 00  01 ${tid1} 0000000000001111 0100  00 ${tid2} 0000000000002222 0302`);
    expect(decodeStateFile(file)).toEqual({ state: SAMPLE, format: 'kernel' });
    expect(Buffer.from(encodeStateFile(SAMPLE, 'kernel')).toString('hex')).toBe(Buffer.from(file).toString('hex'));
  });
  it('has no holder where all hold the reservation', () => {
    const { state } = decodeStateFile(hex(`${header} 01 01 07 00  00 ${tid1} 0000000000001111 0100`));
    expect(state.registrations[0]?.holder).toBe(true);
  });
  it('has type FFh without a reservation', () => {
    const { state } = decodeStateFile(hex(`${header} 01 00 ff 00  00 ${tid1} 0000000000001111 0100`));
    expect(state.reservation).toBeNull();
  });
  it.each([
    ['not written to its end', `0000000000000000 0100000000000000 01 01 05 00 01 ${tid1} 0000000000001111 0100`, 'UNKNOWN_FORMAT'],
    ['of another version', `77ddbbeeaaeeeebb 0200000000000000 01 01 05 00 01 ${tid1} 0000000000001111 0100`, 'UNKNOWN_FORMAT'],
    ['of a big-endian machine', `bbeeeeaaeebbdd77 0000000000000001 01 01 05 00 01 ${tid1} 0000000000001111 0001`, 'UNKNOWN_FORMAT'],
    ['without a holder', `${header} 01 01 05 00 00 ${tid1} 0000000000001111 0100`, 'DAMAGED'],
    ['with a holder of nothing', `${header} 01 00 ff 00 01 ${tid1} 0000000000001111 0100`, 'DAMAGED'],
    ['with two holders', `${header} 01 01 05 00 01 ${tid1} 0000000000001111 0100 01 ${tid2} 0000000000001111 0100`, 'DAMAGED'],
    ['with a nexus twice', `${header} 01 00 ff 00 00 ${tid1} 0000000000001111 0100 00 ${tid1} 0000000000002222 0100`, 'DAMAGED'],
    ['with a type that does not exist', `${header} 01 01 02 00 01 ${tid1} 0000000000001111 0100`, 'DAMAGED'],
    ['with a scope that does not exist', `${header} 01 01 01 01 01 ${tid1} 0000000000001111 0100`, 'DAMAGED'],
    ['with a flag that is none', `${header} 02 01 01 00 01 ${tid1} 0000000000001111 0100`, 'DAMAGED'],
  ])('is refused %s', (_, text, code) => {
    expect(() => decodeStateFile(hex(text))).toThrow(expect.objectContaining({ code }) as Error);
  });
});
