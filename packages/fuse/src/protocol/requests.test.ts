import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from './protocol-error.js';
import { batchForget, nameIn } from './requests.js';

describe('BATCH_FORGET', () => {
  it('round-trips any number of nodes', () => {
    const nodes = fc.array(fc.record({ nodeid: fc.maxSafeNat(), nlookup: fc.maxSafeNat() }), { maxLength: 50 });
    fc.assert(fc.property(nodes, (given) => { expect(batchForget.decode(batchForget.encode(given))).toEqual(given); }));
  });

  it('is refused when it has fewer nodes than it says', () => {
    const bytes = batchForget.encode([{ nodeid: 1, nlookup: 1 }, { nodeid: 2, nlookup: 1 }]);
    expect(() => batchForget.decode(bytes.subarray(0, bytes.length - 1))).toThrow(ProtocolError);
  });
});

describe('a name', () => {
  it('is its bytes up to the NUL, whatever follows', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => bytes.filter((byte) => byte !== 0));
    fc.assert(
      fc.property(name, fc.uint8Array({ maxLength: 10 }), (given, after) => {
        expect([...nameIn.decode(Uint8Array.from([...nameIn.encode(given), ...after]))]).toEqual([...given]);
      }),
    );
  });

  it('is refused without an end', () => {
    expect(() => nameIn.decode(Uint8Array.from([1, 2]))).toThrow(ProtocolError);
  });
});
