import { RESERVATION_TYPE, SERVICE_ACTION } from '@scst/scsi';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSameInitiatorPort } from './initiator-port.js';
import { isHeldByAll } from './reservation-type.js';
import { moveList, nexus, sasTransportId, TestUnit, type TestNexus } from './testing.js';

const ACTION = SERVICE_ACTION.PERSISTENT_RESERVE_OUT;
/** Those that count a generation when they end good (SPEC 13). */
const COUNTING: ReadonlySet<number> = new Set([
  ACTION.REGISTER,
  ACTION.CLEAR,
  ACTION.PREEMPT,
  ACTION.PREEMPT_AND_ABORT,
  ACTION.REGISTER_AND_IGNORE_EXISTING_KEY,
  ACTION.REGISTER_AND_MOVE,
]);

type Step =
  | { readonly kind: 'out'; readonly from: number; readonly action: number; readonly type: number; readonly ownKey: boolean; readonly key: bigint; readonly actionKey: bigint; readonly flags: number; readonly to: number }
  | { readonly kind: 'come' | 'go'; readonly from: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({
      kind: fc.constant('out' as const),
      from: fc.nat({ max: 3 }),
      action: fc.nat({ max: 8 }),
      type: fc.constantFrom(...Object.values(RESERVATION_TYPE), 2),
      ownKey: fc.boolean(),
      key: fc.bigInt({ min: 0n, max: 3n }),
      actionKey: fc.bigInt({ min: 0n, max: 3n }),
      flags: fc.constantFrom(0, 0, 0, 1, 4, 8),
      to: fc.nat({ max: 4 }),
    }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('come' as const, 'go' as const), from: fc.nat({ max: 3 }) }) },
);

/** Two sessions, the first with two LUNs of the device, and one on another port. */
const nexuses = (): TestNexus[] => [nexus('a0', sasTransportId(1)), nexus('a1', sasTransportId(1)), nexus('b', sasTransportId(2)), nexus('c', sasTransportId(2), 7)];

function checkInvariants({ state }: TestUnit, connected: ReadonlySet<TestNexus>): void {
  const { registrations, reservation, holder } = state;
  for (const [index, one] of registrations.entries()) {
    for (const other of registrations.slice(index + 1)) {
      expect(one.relativeTargetPort === other.relativeTargetPort && isSameInitiatorPort(one.transportId, other.transportId)).toBe(false);
      if (one.nexus !== null) expect(other.nexus).not.toBe(one.nexus);
    }
    if (one.nexus === null) continue;
    expect(connected.has(one.nexus)).toBe(true);
    expect(state.registrationOf(one.nexus)).toBe(one);
    expect(one.nexus.session.target.relTgtId).toBe(one.relativeTargetPort);
  }
  // Never two holders of a type that one holds, never a holder without a registration, never a reservation without a holder.
  const holders = registrations.filter((registration) => state.isHolder(registration)).length;
  if (reservation === null) expect(holders).toBe(0);
  else expect(holders).toBe(isHeldByAll(reservation.type) ? registrations.length : 1);
  if (reservation !== null) expect(registrations.length).toBeGreaterThan(0);
  if (holder !== null) expect(registrations).toContain(holder);
}

/** The state with what `state()` leaves out: who speaks for which registration, and whose key READ RESERVATION shows. */
function everythingOf({ state }: TestUnit): unknown {
  const speakers = [...state.nexuses].map((each) => [each.name, state.registrations.indexOf(state.registrationOf(each)!)]);
  return { state: state.state(), speakers, nexuses: state.registrations.map((each) => each.nexus?.name), holder: state.registrations.indexOf(state.holder!) };
}

it('whatever is asked of it, by whomever: one registration for a nexus, the right holders, the generation counted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const all = nexuses();
      const unit = new TestUnit(...all);
      const connected = new Set(all);
      unit.ports = { local: () => [0, 7], remote: () => [9] };
      for (const each of steps) {
        const from = all[each.from]!;
        if (each.kind === 'come' && !connected.has(from)) {
          connected.add(from);
          unit.state.attach(from);
        } else if (each.kind === 'go' && connected.delete(from)) {
          unit.state.detach(from);
        } else if (each.kind === 'out' && connected.has(from)) {
          const before = { generation: unit.state.generation, state: unit.state.state() };
          const key = each.ownKey ? (unit.state.registrationOf(from)?.key ?? 0n) : each.key;
          const move = each.action === ACTION.REGISTER_AND_MOVE;
          const options = {
            ...each,
            key,
            ...(each.flags === 8 && { transportIds: [sasTransportId(each.to)] }),
            ...(move && { parameters: moveList({ key, actionKey: each.actionKey, flags: each.flags & 3, port: each.type, transportId: sasTransportId(each.to) }) }),
          };
          const whole = everythingOf(unit);
          const undo = unit.state.checkpoint();
          unit.out(from, each.action, options);
          undo();
          expect(everythingOf(unit)).toEqual(whole);
          const { result, effects } = unit.out(from, each.action, options);
          const counted = result.kind === 'good' && COUNTING.has(each.action) ? 1 : 0;
          expect(unit.state.generation).toBe(before.generation + counted);
          if (result.kind !== 'good') {
            expect(unit.state.state()).toEqual(before.state);
            expect(effects).toEqual([]);
          }
          // Who sent the command is never told of what it did.
          for (const effect of effects) if (effect.kind === 'attention') expect(effect.nexus).not.toBe(from);
        }
        checkInvariants(unit, connected);
      }
    }),
    { numRuns: 300 },
  );
});

it('a restored state is the state that was saved, but for the generation, and speaks through the nexuses there are', () => {
  const [a, , b] = nexuses();
  const unit = new TestUnit(a!, b!);
  unit.out(a!, ACTION.REGISTER, { actionKey: 1n });
  const saved = {
    generation: 0,
    aptpl: true,
    reservation: { type: 3, scope: 0 },
    registrations: [
      { transportId: sasTransportId(2), relativeTargetPort: 0, key: 5n, holder: true },
      { transportId: sasTransportId(9), relativeTargetPort: 4, key: 6n, holder: false },
    ],
  };
  unit.state.restore(saved);
  expect(unit.state.state()).toEqual({ ...saved, generation: 1 });
  expect(unit.state.holder?.nexus).toBe(b);
  expect(unit.state.registrationOf(a!)).toBeUndefined();
});
