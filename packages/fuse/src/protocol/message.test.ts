import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reply, request } from './message.js';
import { ProtocolError } from './protocol-error.js';

const body = fc.uint8Array({ maxLength: 200 });

describe('requests and replies', () => {
  it('come back as they were, whatever they hold', () => {
    const requests = fc.record({ opcode: fc.integer({ min: 0, max: 5000 }), unique: fc.maxSafeNat(), nodeid: fc.maxSafeNat(), pid: fc.nat(), body });
    fc.assert(fc.property(requests, (given) => { expect(request.decode(request.encode(given))).toEqual(given); }));
    const replies = fc.record({ unique: fc.maxSafeNat(), errno: fc.integer({ min: 0, max: 511 }), body });
    fc.assert(fc.property(replies, (given) => { expect(reply.decode(reply.encode(given))).toEqual(given); }));
  });

  it('carry the errno negated', () => {
    const bytes = reply.encode({ unique: 2, errno: 57, body: new Uint8Array() });
    expect(new DataView(bytes.buffer).getInt32(4, true)).toBe(-57);
  });

  it('are refused when they are cut or run on', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: -40, max: 40 }).filter((by) => by !== 0), (content, by) => {
        const whole = request.encode({ opcode: 1, unique: 2, nodeid: 1, pid: 3, body: content });
        const other = new Uint8Array(Math.max(0, whole.length + by));
        other.set(whole.subarray(0, other.length));
        expect(() => request.decode(other)).toThrow(ProtocolError);
      }),
    );
  });
});
