import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeName } from '../names.js';
import { formatAttribute, MAX_ATTRIBUTE_READ, parseAttribute } from './text.js';

const parse = (text: string): ReturnType<typeof parseAttribute> => parseAttribute(encodeName(text));

describe('parseAttribute', () => {
  it.each([
    ['0x0\n', '0x0', false],
    ['0x5\n[key]\n', '0x5', true],
    ['', '', false],
    ['\n', '', false],
    ['\n[key]\n', '', true],
    ['/tmp/disk1.img\n[key]\n\n', '/tmp/disk1.img', true],
    ['none\n\n', 'none', false],
    ['version 1\ngeneration 0\n', 'version 1\ngeneration 0', false],
    ['out_of_mem | pid\n\n\nUsage: x\n', 'out_of_mem | pid\n\n\nUsage: x', false],
    ['two\nlines\n[key]\n', 'two\nlines', true],
    ['ends with a newline\n\n[key]\n', 'ends with a newline\n', true],
    ['not a mark [key]\n', 'not a mark [key]', false],
    ['no newline', 'no newline', false],
    ['[key]\n', '', true],
  ])('%j', (text, value, key) => {
    expect(parse(text)).toEqual({ value, key, truncated: false });
  });

  it('keeps bytes that are no UTF-8 as names do', () => {
    expect(parseAttribute(Uint8Array.of(0x61, 0xff, 0x0a)).value).toBe('a\uDCFF');
  });

  it('says when the text may have lost its end', () => {
    expect(parse('c'.repeat(MAX_ATTRIBUTE_READ))).toEqual({ value: 'c'.repeat(MAX_ATTRIBUTE_READ), key: false, truncated: true });
    expect(parse(`${'c'.repeat(MAX_ATTRIBUTE_READ - 7)}\n[key]\n`)).toMatchObject({ key: true, truncated: false });
  });

  it('reverses formatAttribute for values of one line', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }).filter((value) => !value.includes('\n')), fc.boolean(), fc.boolean(), (value, key, emptyLine) => {
        expect(parseAttribute(formatAttribute(value, { key, emptyLine }))).toEqual({ value, key, truncated: false });
      }),
    );
  });

  it('cuts what formatAttribute gives where a read is cut', () => {
    expect(formatAttribute('x'.repeat(5000), { key: true }).length).toBe(MAX_ATTRIBUTE_READ);
  });
});
