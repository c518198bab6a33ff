import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encodeName, toByteString } from '../names.js';
import { checkWord, mgmtCommand } from './command.js';
import { CommandTextError } from './text-error.js';

const text = (...args: Parameters<typeof mgmtCommand>): string => decodeName(mgmtCommand(...args));

describe('mgmtCommand', () => {
  it('joins words and parameters as the kernel divides them', () => {
    expect(text(['clear'])).toBe('clear');
    expect(text(['add_target', 't1'], { session_name: ['a', 'b'] })).toBe('add_target t1 session_name=a; session_name=b');
    expect(text(['add', 'disk1', '0'], { read_only: true })).toBe('add disk1 0 read_only=1');
    expect(text(['add_device', 'n1'], { size: 2n ** 40n, blocksize: 4096, tst: false, rotational: undefined })).toBe(
      'add_device n1 size=1099511627776; blocksize=4096; tst=0',
    );
  });

  it('sends “;” and bytes over 127 within words', () => {
    expect(text(['create', 'g;h'])).toBe('create g;h');
    expect([...mgmtCommand(['create', '\uDCFFé'])].slice(-3)).toEqual([0xff, 0xc3, 0xa9]);
  });

  it.each([
    ['a b', 0x20, 1],
    ['a=b', 0x3d, 1],
    ['a\nb', 0x0a, 1],
    ['\0', 0x00, 0],
    ['a\u000bb', 0x0b, 1],
    ['voilà', 0xa0, 5],
    ['a\u00a0b', 0xa0, 2],
    ['\uDCA0', 0xa0, 0],
  ])('refuses %j, naming the byte', (word, byte, offset) => {
    const attempt = (): unknown => mgmtCommand(['add_target', word]);
    expect(attempt).toThrow(CommandTextError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_COMMAND_TEXT', byte, offset }));
    expect(attempt).toThrow(`0x${byte.toString(16).padStart(2, '0')}`);
  });

  it('refuses “;” in parameters, empty words, and what exceeds one write', () => {
    expect(() => mgmtCommand(['add_target', 't'], { session_name: 'a;b' })).toThrow(expect.objectContaining({ byte: 0x3b, offset: 1 }));
    expect(() => mgmtCommand(['add_target', ''])).toThrow(CommandTextError);
    expect(() => mgmtCommand([])).toThrow(CommandTextError);
    expect(() => mgmtCommand(['add_target', 't'], { session_name: '' })).toThrow(CommandTextError);
    expect(mgmtCommand(['x', 'n'.repeat(4094)]).length).toBe(4096);
    expect(() => mgmtCommand(['x', 'n'.repeat(4095)])).toThrow('4097 bytes');
  });

  it('is divided by the kernel into exactly the words that were given', () => {
    const word = fc
      .uint8Array({ minLength: 1, maxLength: 12 })
      .map((bytes) => decodeName(bytes))
      .filter((candidate) => {
        try {
          checkWord(candidate);
          return true;
        } catch {
          return false;
        }
      });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const divided = toByteString(mgmtCommand(words))
          .split(/[\t-\r =\xa0]+/u)
          .filter((part) => part !== '');
        expect(divided).toEqual(words.map((given) => toByteString(encodeName(given))));
      }),
    );
  });
});
