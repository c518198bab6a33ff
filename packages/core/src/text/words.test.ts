import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstLine, isBlank, isSpace, parameterStretches, trimSpace, untilNul, Words } from './words.js';

const byteString = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });

const allWords = (text: string): string[] => {
  const words = new Words(text);
  const all: string[] = [];
  for (let word = words.next(); word !== ''; word = words.next()) all.push(word);
  return all;
};

describe('words (SPEC sysfs 1.2)', () => {
  it.each([
    ['add_target=t1', ['add_target', 't1']],
    ['=add_target = t1', ['add_target', 't1']],
    ['session_name==s', ['session_name', 's']],
    ['a;b "c d"', ['a;b', '"c', 'd"']],
    ['voil\xc3\xa0 x', ['voil\xc3', 'x']],
    ['', []],
    [' \t\n\v\f\r=', []],
  ])('divides %j', (text, words) => {
    expect(allWords(text)).toEqual(words);
  });

  it('consumes one delimiter after a word, so that a parameter list may begin with a separator', () => {
    const words = new Words('6 ;read_only=1');
    expect(words.next()).toBe('6');
    expect(words.rest).toBe(';read_only=1');
  });

  it('gives exactly the text between delimiters, whatever the text', () => {
    fc.assert(
      fc.property(byteString, (text) => {
        // eslint-disable-next-line no-control-regex -- the delimiters, as one class
        expect(allWords(text)).toEqual(text.split(/[ \x09-\x0d\xa0=]+/).filter((word) => word !== ''));
      }),
    );
  });
});

describe('parameters (SPEC sysfs 1.2)', () => {
  it.each([
    ['a=1;b=2', ['a=1', 'b=2']],
    ['a=1\nb=2\n', ['a=1', 'b=2']],
    ['a=1;', ['a=1']],
    ['a=1; ', ['a=1', ' ']],
    [';a=1', []],
    ['a=1;;b=2', ['a=1']],
    ['a=1\n\nb=2', ['a=1']],
    ['', []],
  ])('divides %j', (text, stretches) => {
    expect([...parameterStretches(text)]).toEqual(stretches);
  });

  it('stops at the first empty stretch, and has none of its own', () => {
    fc.assert(
      fc.property(byteString, (text) => {
        const parts = text.split(/[;\n]/);
        const end = parts.indexOf('');
        expect([...parameterStretches(text)]).toEqual(end === -1 ? parts : parts.slice(0, end));
      }),
    );
  });
});

describe('text', () => {
  it('is cut at the first NUL, or newline', () => {
    expect(untilNul('a\0b\0')).toBe('a');
    expect(untilNul('ab')).toBe('ab');
    expect(firstLine('a\nb\n')).toBe('a');
    expect(firstLine('\n')).toBe('');
  });

  it('is trimmed of the kernel’s white space at both ends', () => {
    fc.assert(
      fc.property(byteString, (text) => {
        const trimmed = trimSpace(text);
        expect(text).toContain(trimmed);
        expect(isBlank(trimmed)).toBe(trimmed === '');
        if (trimmed !== '') expect([isSpace(trimmed.charAt(0)), isSpace(trimmed.charAt(trimmed.length - 1))]).toEqual([false, false]);
      }),
    );
  });
});
