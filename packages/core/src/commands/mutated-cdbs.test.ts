import { STATUS, tryDecodeSense } from '@scst/scsi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fixture, type FixtureDevice } from '../nexus/fixture.js';
import { PROFILES } from '../profile.js';
import { MemoryStore } from '../store/memory-store.js';
import { COMMAND_ROWS } from './table.js';

const LEGAL: ReadonlySet<number> = new Set(Object.values(STATUS));
const SIZE = 16 * 1024;
const GUARD = 0xa7;

const kinds: Partial<FixtureDevice>[] = [
  { kind: 'fileio', thinProvisioned: true },
  { kind: 'blockio' },
  { kind: 'nullio', store: null },
  { kind: 'cdrom', type: 5, blockSize: 2048, removable: true },
  { kind: 'fileio', blockSize: 4096, tst: 0, explAlua: true },
];

/** CDBs near those of real commands: one of the table, with a few bytes of any value. */
const cdbs = fc.tuple(
  fc.oneof(fc.constantFrom(...COMMAND_ROWS.map((row) => row.opcode)), fc.nat({ max: 255 })),
  fc.constantFrom(...COMMAND_ROWS.map((row) => row.serviceAction ?? 0)),
  fc.uint8Array({ minLength: 5, maxLength: 31, max: 3 }),
  fc.array(fc.tuple(fc.nat({ max: 31 }), fc.nat({ max: 255 })), { maxLength: 4 }),
);

describe('any CDB with any data', () => {
  it('ends with a legal status and sense, moves no byte that is not its own, and hangs nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.constantFrom(...PROFILES),
        fc.array(fc.tuple(cdbs, fc.option(fc.uint8Array({ minLength: 1, maxLength: 1200 })), fc.option(fc.integer({ min: 1, max: 1200 }))), { maxLength: 12 }),
        async (device, profile, commands) => {
          const store = device.store === null ? null : new MemoryStore(SIZE);
          const fixture = new Fixture({ profile, device: { ...device, store, size: BigInt(SIZE) }, sessions: 2 });
          for (const [[opcode, serviceAction, rest, mutations], out, length] of commands) {
            const cdb = Uint8Array.of(opcode, serviceAction, ...rest);
            for (const [at, value] of mutations) if (at < cdb.length) cdb[at] = value;
            const sent = out === null ? undefined : Uint8Array.from(out);
            const room = new Uint8Array((length ?? 0) + 64).fill(GUARD);
            const dataIn = length === null ? undefined : room.subarray(32, 32 + length);
            const result = await fixture.unit().execute({ cdb, dataOut: sent, dataIn });
            expect(LEGAL.has(result.status)).toBe(true);
            if (result.status === STATUS.CHECK_CONDITION) expect(tryDecodeSense(result.sense)).toBeDefined();
            else expect(result.sense).toHaveLength(0);
            expect(room.subarray(0, 32).every((byte) => byte === GUARD)).toBe(true);
            expect(room.subarray(32 + (length ?? 0)).every((byte) => byte === GUARD)).toBe(true);
            expect(sent === undefined ? null : sent).toEqual(out);
            expect(result.dataIn.length).toBeLessThanOrEqual(length ?? 0);
          }
          await fixture.unit().reset('lun');
          fixture.clearAttentions();
          expect((await fixture.run('00 00 00 00 00 00', { session: 1 })).status).not.toBe(STATUS.BUSY);
          expect(fixture.nexus().activeCommands).toBe(0);
          expect(fixture.sessions[0]!.activeCommands).toBe(0);
          await fixture.server.idle();
        },
      ),
      { numRuns: 300 },
    );
  });
});
