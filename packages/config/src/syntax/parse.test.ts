import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../diagnostics.js';
import { parse } from './parse.js';
import { print, printBytes } from './print.js';
import { type Statement } from './document.js';

const shape = ({ keyword, args, children }: Statement): unknown => (children === undefined ? [keyword, ...args] : [keyword, ...args, children.map(shape)]);
const shapes = (text: string): unknown => parse(text).document.statements.map(shape);
const problems = (text: string): string[] => parse(text).diagnostics.map(({ severity, code, line, column }) => `${severity[0] ?? ''} ${code} ${line ?? 0}:${column ?? 0}`);

describe('what scstadmin accepts', () => {
  it('reads sections, attributes and blocks', () => {
    const text = 'setup_id 0x1234\n\nHANDLER vdisk_fileio {\n\tDEVICE disk1 {\n\t\tfilename /disk1\n\t}\n\tDEVICE disk2\n}\n';
    expect(problems(text)).toEqual([]);
    expect(shapes(text)).toEqual([
      ['setup_id', '0x1234'],
      ['HANDLER', 'vdisk_fileio', [['DEVICE', 'disk1', [['filename', '/disk1']]], ['DEVICE', 'disk2']]],
    ]);
  });

  it.each([
    ['a "b c"\n', [['a', 'b c']]],
    ['a ""\n', [['a', '']]],
    ['HW_TARGET\n', [['HW_TARGET']]],
    ['a b\\#c\n', [['a', 'b#c']]],
    ['a "b \\# c"\n', [['a', 'b # c']]],
    ['a "b \\"c\\" d"\n', [['a', 'b "c" d']]],
    ['a b\\\\c\n', [['a', 'b\\c']]],
    ['a b\\\\\\#\n', [['a', 'b\\#']]],
    ['a b\\ c\n', [['a', 'b c']]],
    ['a "{b}"\n', [['a', '{b}']]],
    ['a b"c\n', [['a', 'b"c']]],
    ['a\u00a0b c\n', [['a\u00a0b', 'c']]],
    ['a b\r\nc d\r\n', [['a', 'b'], ['c', 'd']]],
    ['a b # c "d {\n', [['a', 'b']]],
    ['  # whole line\n#a\n', []],
    ['a b', [['a', 'b']]],
    ['a\t b\\\n', [['a', 'b\\']]],
    ['', []],
  ])('reads %j', (text, expected) => {
    expect(problems(text)).toEqual([]);
    expect(shapes(text)).toEqual(expected);
  });

  it('reads blocks on one line and what follows a brace', () => {
    const text = 'TARGET_DRIVER d { TARGET t { LUN 0 x { read_only 1 } LUN 1 y } }\n';
    expect(problems(text)).toEqual([]);
    expect(shapes(text)).toEqual([['TARGET_DRIVER', 'd', [['TARGET', 't', [['LUN', '0', 'x', [['read_only', '1']]], ['LUN', '1', 'y']]]]]]);
  });
});

describe('errors', () => {
  it.each([
    ['HANDLER {\n}\n', ['e missing-name 1:8']],
    ['HANDLER a b {\n}\n', ['e surplus-word 1:11']],
    ['HANDLER a {\n\tDEVICE d {\n\t\tfilename /a b\n', ['e surplus-word 3:15', 'e unclosed-block 4:1', 'e unclosed-block 4:1']],
    ['a "b\nc d\n', ['e unterminated-quote 1:3']],
    ['a "b # c"\n', ['e unterminated-quote 1:3']],
    ['}\n', ['e misplaced-brace 1:1']],
    ['HANDLER h\n{\n}\n', ['e misplaced-brace 2:1']],
    ['LUN 0 d\n', ['e misplaced-section 1:1']],
    ['handler h {\n}\n', ['e unknown-section 1:1']],
    ['HANDLER h {\n\tDEVICE ""\n}\n', ['e missing-name 2:9']],
    ['[HANDLER vdisk]\nDEVICE disk1,/a,,512\n', ['e old-format 1:1', 'e misplaced-section 2:1']],
    ['a b\0c\n', ['e binary 1:4']],
    ['\uFEFFa b\n', ['w byte-order-mark 1:1']],
    ['a b#c\n', ['w comment-without-blank 1:4']],
    ['one\n"" x\n', ['e missing-name 2:1']],
  ])('finds the place in %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('says what was expected', () => {
    const [diagnostic] = parse('HANDLER h {\n\tDEVICE\n}\n', { file: 'scst.conf' }).diagnostics;
    expect(diagnostic).toMatchObject({ severity: 'error', file: 'scst.conf', line: 2, column: 8, expected: 'a device name' });
  });

  it('stops at the limit of errors', () => {
    const { diagnostics } = parse('}\n'.repeat(1000), { maxErrors: 5 });
    expect(diagnostics.map(({ code }) => code)).toEqual([...Array<string>(5).fill('misplaced-brace'), 'too-many-errors']);
  });

  it('refuses what is too large, too deep or too long without reading on', () => {
    expect(parse('a b\n', { maxBytes: 3 }).diagnostics[0]?.code).toBe('too-large');
    expect(parse('x {\n'.repeat(100_000)).diagnostics.at(-1)?.code).toBe('too-deep');
    expect(parse(`a ${'b'.repeat(100_000)}`).diagnostics[0]?.code).toBe('line-too-long');
    expect(parse(Uint8Array.from({ length: 4096 }, (_, index) => index % 256)).diagnostics[0]?.code).toBe('binary');
  });
});

describe('round trip', () => {
  const piece = fc.constantFrom('a', ' ', '\t', '\n', '\r\n', '{', '}', '#', '"', '\\', 'LUN', 'TARGET t', 'HANDLER h', '\uDC80', 'é', '\uFEFF', '\0', '0 d');

  it('prints back every text, accepted or not', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')), (text) => {
        expect(print(parse(text).document)).toBe(text);
      }),
    );
  });

  it('prints back every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(printBytes(parse(bytes).document)).toEqual(bytes);
      }),
    );
  });

  it('never takes a broken text for a good one', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')), (text) => {
        const { document, diagnostics } = parse(`HANDLER h {\n${text}`);
        expect(document.statements.length > 0 || hasErrors(diagnostics)).toBe(true);
      }),
    );
  });
});

describe('time', () => {
  const shapesOfText: [string, (count: number) => string][] = [
    ['devices', (count) => `HANDLER h {\n${Array.from({ length: count }, (_, index) => `\t# ${index}\n\tDEVICE d${index} {\n\t\tfilename "/srv/${index}"\n\t}\n`).join('')}}\n`],
    ['words', (count) => `${'a '.repeat(20_000)}\n`.repeat(count / 1000)],
    ['braces', (count) => '}\n'.repeat(count)],
    ['quotes', (count) => '"\n'.repeat(count)],
    ['comments', (count) => '#\n'.repeat(count)],
  ];

  it.each(shapesOfText)('is in proportion to the length of %s', (_, text) => {
    // The processor's time, which other programs do not stretch.
    const time = (count: number): number => {
      const source = text(count);
      const start = process.cpuUsage();
      parse(source);
      return process.cpuUsage(start).user / 1000;
    };
    time(5000);
    const small = Math.max(1, Math.min(time(5000), time(5000), time(5000)));
    expect(Math.min(time(50_000), time(50_000))).toBeLessThan(small * 40);
  });
});
