import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c, crc32cTables } from '../digest/crc32c.js';
import { IscsiError } from '../error.js';
import { decodeAdditionalHeader, encodeAdditionalHeader } from './additional-header.js';
import { type HeaderCodec, type HeaderField } from './header.js';
import { INITIATOR_PDUS } from './initiator-pdus.js';
import { HEADER_LENGTH } from './opcode.js';
import { TARGET_PDUS } from './target-pdus.js';
import { decodeText, encodeText } from './text.js';

const CODECS: readonly HeaderCodec[] = [...INITIATOR_PDUS, ...TARGET_PDUS];

type Values = Partial<ReturnType<HeaderCodec['decode']>>;

const valueOf = (field: HeaderField): fc.Arbitrary<boolean | number | Uint8Array> => {
  switch (field.kind) {
    case 'flag':
      return fc.boolean();
    case 'bits':
      return fc.nat(field.mask >>> (31 - Math.clz32(field.mask & -field.mask)));
    case 'number':
      return fc.integer({ min: 0, max: 2 ** (8 * field.width) - 1 });
    case 'bytes':
      return fc.uint8Array({ minLength: field.length, maxLength: field.length });
  }
};

const onlyIscsiErrors = (run: () => unknown): void => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(IscsiError);
  }
};

describe.each(CODECS.map((codec) => [codec.name, codec] as const))('%s', (_name, codec) => {
  const values = fc.record(Object.fromEntries(Object.entries(codec.fields).map(([key, field]) => [key, valueOf(field)])));

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(values, (given) => {
        expect(codec.decode(codec.encode(given as Values))).toEqual(given);
      }),
    );
  });

  it('gives the same fields for any bytes, or an error of its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        onlyIscsiErrors(() => codec.decode(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: HEADER_LENGTH, maxLength: HEADER_LENGTH }), (bytes) => {
        bytes[0] = codec.opcode;
        const decoded = codec.decode(bytes);
        expect(codec.decode(codec.encode(decoded))).toEqual(decoded);
      }),
    );
  });

  it('refuses what has no room', () => {
    for (const [key, field] of Object.entries(codec.fields)) {
      if (field.kind === 'number') expect(() => codec.encode({ [key]: 2 ** (8 * field.width) })).toThrow(IscsiError);
      if (field.kind === 'bytes') expect(() => codec.encode({ [key]: new Uint8Array(field.length + 1) } as unknown as Values)).toThrow(IscsiError);
    }
  });
});

it('has a codec for each of the 18 opcodes of RFC 7143, no two alike', () => {
  expect(CODECS.length).toBe(18);
  expect(new Set(CODECS.map(({ opcode }) => opcode)).size).toBe(18);
});

describe('additional header segments', () => {
  const segments = fc.record({
    extendedCdb: fc.option(fc.uint8Array({ minLength: 1, maxLength: 244 }), { nil: undefined }),
    bidiReadLength: fc.option(fc.nat(2 ** 32 - 1), { nil: undefined }),
  });

  it('come back as they went', () => {
    fc.assert(
      fc.property(segments, (given) => {
        const bytes = encodeAdditionalHeader(given);
        expect(bytes.length % 4).toBe(0);
        expect(decodeAdditionalHeader(bytes)).toEqual(given);
      }),
    );
  });

  it('never read over the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        onlyIscsiErrors(() => decodeAdditionalHeader(bytes));
      }),
    );
  });

  it('lie as 11.2.2 draws them', () => {
    const cdb = Uint8Array.from({ length: 16 }, (_, index) => index);
    expect(Buffer.from(encodeAdditionalHeader({ extendedCdb: cdb, bidiReadLength: 0x1_0203 })).toString('hex')).toBe(`00110100${Buffer.from(cdb).toString('hex')}0005020000010203`);
  });
});

describe('text', () => {
  const pairs = fc.array(fc.tuple(fc.stringMatching(/^[A-Z][A-Za-z0-9.\-+@_#]{0,62}$/u), fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''))));

  it('comes back as it went', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        expect(decodeText(encodeText(given))).toEqual(given);
      }),
    );
  });

  it('is refused where it is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        onlyIscsiErrors(() => decodeText(bytes));
      }),
    );
    for (const text of ['Without', '1key=x', `${'K'.repeat(64)}=long`, '=nothing']) expect(() => decodeText(Buffer.from(text))).toThrow(IscsiError);
  });
});

describe('CRC32C', () => {
  it('gives the values of RFC 7143 appendix A', () => {
    const zeros = new Uint8Array(32);
    expect(crc32c(zeros, 0, 32)).toBe(0x8a91_36aa);
    expect(crc32c(zeros.fill(0xff), 0, 32)).toBe(0x62a8_ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index), 0, 32)).toBe(0x46dd_794e);
  });

  it('is the same by tables and natively, at once and in parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.nat(), (bytes, cut) => {
        const middle = cut % bytes.length;
        const whole = crc32cTables(bytes, 0, bytes.length);
        expect(crc32c(bytes, 0, bytes.length)).toBe(whole);
        expect(crc32c(bytes, middle, bytes.length, crc32c(bytes, 0, middle))).toBe(whole);
      }),
    );
  });
});
