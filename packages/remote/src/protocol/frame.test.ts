import fc from 'fast-check';
import type { TaskAttribute } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { COMMAND_HEADER_LENGTH, decodeCommand, encodeCommand, encodeResult, ResultReader } from './frame.js';

const join = (...pieces: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));
const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe('commands', () => {
  it('are decoded as they were encoded', () => {
    const attribute = fc.constantFrom<TaskAttribute>('simple', 'ordered', 'head-of-queue', 'aca');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 260 }), fc.uint8Array(), u32, attribute, u32, u32, (cdb, dataOut, dataInLength, task, timeout, number) => {
        const frame = { cdb, dataOutLength: dataOut.length, dataInLength, attribute: task, timeout, task: number };
        expect(decodeCommand(join(encodeCommand(frame), dataOut))).toMatchObject({ ...frame, dataOut });
      }),
    );
  });

  it('are refused when their lengths or names are wrong', () => {
    const whole = encodeCommand({ cdb: new Uint8Array(6), dataOutLength: 2, dataInLength: 0, attribute: 'simple', timeout: 0, task: 1 });
    expect(decodeCommand(join(whole, new Uint8Array(2))).dataOut.length).toBe(2);
    const refused = (bytes: Uint8Array): void => { expect(() => decodeCommand(bytes)).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' })); };
    refused(whole);
    refused(join(whole, new Uint8Array(3)));
    refused(whole.subarray(0, COMMAND_HEADER_LENGTH - 1));
    refused(new Uint8Array(32));
    for (const [at, value] of [[6, 4], [5, 0], [4, 2]] as const) {
      const broken = join(whole, new Uint8Array(2));
      broken[at] = value;
      refused(broken);
    }
  });
});

describe('results', () => {
  it('arrive whole in whatever pieces, with the data in the buffer', () => {
    const residual = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 300 }), fc.uint8Array(), residual, fc.nat(20), fc.integer({ min: 1, max: 50 }), (status, sense, dataIn, left, room, step) => {
        const bytes = join(encodeResult({ status, sense, residual: left, dataIn }), dataIn);
        const buffer = new Uint8Array(dataIn.length + room).fill(0xee);
        const reader = new ResultReader(buffer);
        for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
        const result = reader.end();
        expect(result).toEqual({ status, sense, residual: left, dataIn });
        expect(result.dataIn.buffer).toBe(buffer.buffer);
        expect(buffer.subarray(dataIn.length).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });

  it('are refused when too short, too long, or no results', () => {
    const bytes = join(encodeResult({ status: 0, sense: Uint8Array.of(1), residual: 0, dataIn: new Uint8Array(3) }), new Uint8Array(3));
    for (let length = 0; length < bytes.length; length += 1) {
      const reader = new ResultReader(new Uint8Array(3));
      reader.push(bytes.subarray(0, length));
      expect(() => reader.end()).toThrow(expect.objectContaining({ code: 'ERR_CONNECTION' }));
    }
    const protocol = expect.objectContaining({ code: 'ERR_PROTOCOL' }) as Error;
    expect(() => { new ResultReader(new Uint8Array(3)).push(join(bytes, new Uint8Array(1))); }).toThrow(protocol);
    expect(() => { new ResultReader(new Uint8Array(2)).push(bytes); }).toThrow(protocol);
    expect(() => { new ResultReader(new Uint8Array(2)).push(new Uint8Array(20)); }).toThrow(protocol);
  });
});
