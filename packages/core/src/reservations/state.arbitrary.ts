import { RESERVATION_TYPE } from '@scst/scsi';
import fc from 'fast-check';
import type { ReservationState } from './persistent-reservations.js';
import { isHeldByAll } from './reservation-type.js';
import { iscsiTransportId, sasTransportId } from './testing.js';

/** Any state that may be saved: at least one registration unless `empty`, and a holder where the type wants one. */
export function anyState({ generation = false }: { generation?: boolean } = {}): fc.Arbitrary<ReservationState> {
  const transportId = fc.oneof(
    fc.integer({ min: 1, max: 255 }).map(sasTransportId),
    fc.stringMatching(/^iqn\.[a-z0-9.:-]{1,40}$/).map((name) => iscsiTransportId(name, '00023d000001')),
  );
  const registration = fc.record({ transportId, relativeTargetPort: fc.nat({ max: 0xffff }), key: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }) });
  const registrations = fc.uniqueArray(registration, {
    minLength: 1,
    maxLength: 6,
    selector: (each) => `${each.relativeTargetPort} ${Buffer.from(each.transportId).toString('hex')}`,
  });
  return fc
    .record({
      generation: generation ? fc.nat({ max: 0xffff_ffff }) : fc.constant(0),
      aptpl: fc.boolean(),
      type: fc.option(fc.constantFrom(...Object.values(RESERVATION_TYPE))),
      registrations,
      holder: fc.nat(),
    })
    .map(({ type, registrations: list, holder, ...rest }) => ({
      ...rest,
      reservation: type === null ? null : { type, scope: 0 },
      registrations: list.map((each, index) => ({ ...each, holder: type !== null && (isHeldByAll(type) || index === holder % list.length) })),
    }));
}
