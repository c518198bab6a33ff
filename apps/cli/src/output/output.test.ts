import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexDump, parseHex } from './hex-dump.js';
import { formatJson, type JsonValue, toHex } from './json.js';
import { Output } from './output.js';
import { formatSize, parseSize } from './size.js';
import { formatTable } from './table.js';

describe('formatJson', () => {
  it('prints what JSON.parse reads back, indented as JSON.stringify does it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(formatJson(value as JsonValue)).toBe(JSON.stringify(value, undefined, 2));
      }),
    );
  });

  it('keeps all digits of a bigint, shows bytes as digits, and leaves out what is undefined', () => {
    expect(formatJson({ size: 2n ** 63n, bytes: Uint8Array.of(0, 255), missing: undefined })).toBe('{\n  "size": 9223372036854775808,\n  "bytes": "00ff"\n}');
  });
});

describe('sizes', () => {
  it.each([
    [0n, '0 B'],
    [1023n, '1023 B'],
    [1024n, '1 KiB'],
    [1536n, '1.5 KiB'],
    [16n * 1024n ** 3n, '16 GiB'],
    [2748779069440n, '2.5 TiB'],
    [2n ** 64n, '16 EiB'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('reads sizes with units, and nothing else', () => {
    expect([parseSize('512'), parseSize('1G'), parseSize('16 MiB'), parseSize('3kb')]).toEqual([512n, 2n ** 30n, 2n ** 24n, 3072n]);
    expect([parseSize(''), parseSize('1.5G'), parseSize('-1'), parseSize('1X'), parseSize('G')]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});

describe('hexadecimal text', () => {
  it('reads back the digits of any bytes, with whatever between them', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('', ' ', ':', ', ', '\n'), (bytes, between) => {
        const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(between);
        expect(toHex(parseHex(text) ?? Uint8Array.of(1))).toBe(toHex(bytes));
      }),
    );
  });

  it('reads nothing that is no text of bytes', () => {
    expect([parseHex('0'), parseHex('zz'), parseHex('0x1')]).toEqual([undefined, undefined, undefined]);
    expect(parseHex('0x12 0x00')).toEqual(Uint8Array.of(0x12, 0));
  });

  it('dumps as hexdump -C does', () => {
    expect(hexDump(Buffer.from('Hello, SCST world\n'))).toBe(
      '00000000  48 65 6c 6c 6f 2c 20 53  43 53 54 20 77 6f 72 6c  |Hello, SCST worl|\n' + '00000010  64 0a                                             |d.|\n',
    );
    expect(hexDump(new Uint8Array(0))).toBe('');
  });
});

describe('formatTable', () => {
  it('lines columns up, numbers to the right, and leaves no blanks at the ends', () => {
    expect(formatTable([{ heading: 'NAME' }, { heading: 'SIZE', align: 'right' }, { heading: 'NOTE' }], [['a', '1', ''], ['日本', '1024', 'x']])).toBe('NAME  SIZE  NOTE\na        1\n日本  1024  x\n');
  });

  it('is nothing without rows', () => {
    expect(formatTable([{ heading: 'NAME' }], [])).toBe('');
  });
});

describe('Output', () => {
  it('sends the bytes of names that are no UTF-8', () => {
    const stream = new PassThrough();
    new Output(stream, true).text('a\udcff\n');
    expect(stream.read()).toEqual(Buffer.from([0x61, 0xff, 0x0a]));
  });

  it('shows orders to a terminal as signs, and leaves them as they are elsewhere', () => {
    const hostile = 'a\u001B[2J\u001B]0;x\u0007\rb\u009B31m\u007F\u202E\udc9b\tc\u001B[8m';
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    const output = new Output(terminal, true);
    output.line(output.style('red', hostile));
    output.json({ [hostile]: hostile });
    const text = String(terminal.read());
    expect(text.split('\n')[0]).toBe('\u001B[31ma\u241B[2J\u241B]0;x\u2407\u240Db\uFFFD31m\u2421\uFFFD\uFFFD\tc\u241B[8m\u001B[39m');
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(text.replaceAll(/\u001B\[3[19]m/gu, '')).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/u);
    const pipe = new PassThrough();
    new Output(pipe, true).text('a\u001B[2J');
    expect(String(pipe.read())).toBe('a\u001B[2J');
  });

  it('colours only what people look at, and only where they want it', () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    expect(new Output(terminal, true).style('bold', 'x')).toBe('\u001B[1mx\u001B[22m');
    expect(new Output(terminal, false).style('bold', 'x')).toBe('x');
    expect(new Output(new PassThrough(), true).style('bold', 'x')).toBe('x');
  });

  it('drops what nobody reads any more', async () => {
    const stream = new PassThrough();
    const output = new Output(stream, false);
    stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    output.line('lost');
    await output.flush();
    expect([output.closed, stream.read()]).toEqual([true, null]);
  });
});
