import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../../data-error.js';
import { fromHex, hex, u16, u32, u64 } from '../../testing/arbitraries.js';
import { RECORDED } from '../../testing/recorded.js';
import {
  decodeReadFullStatus, decodeReadKeys, decodeReadReservation, decodeReportCapabilities, encodeReadFullStatus, encodeReadKeys, encodeReadReservation,
  encodeReportCapabilities,
} from './in.js';
import { decodePersistentReserveOut, decodeRegisterAndMove, encodePersistentReserveOut, encodeRegisterAndMove } from './out.js';
import { RESERVATION_TYPE, reservationTypeName } from './types.js';

const transportId = fc.oneof(
  u64.map((sasAddress) => ({ protocol: 'sas' as const, sasAddress })),
  u64.map((nPortName) => ({ protocol: 'fcp' as const, nPortName })),
  fc.stringMatching(/^[a-z0-9]{1,60}$/).map((name) => ({ protocol: 'iscsi' as const, name: `iqn.2026-01.example:${name}` })),
);
const nibble = fc.nat({ max: 15 });

describe('PERSISTENT RESERVE IN', () => {
  it('READ KEYS says after decoding what was encoded', () => {
    fc.assert(fc.property(u32, fc.array(u64, { maxLength: 8 }), (generation, keys) => {
      expect(decodeReadKeys(encodeReadKeys({ generation, keys }))).toEqual({ generation, keys, additionalLength: 8 * keys.length });
    }));
    const cut = decodeReadKeys(fromHex(RECORDED.readKeys).subarray(0, 20));
    expect(cut).toEqual({ generation: 4, additionalLength: 16, keys: [0x2222222222222222n] });
  });

  it('READ RESERVATION says after decoding what was encoded', () => {
    const reservation = fc.option(fc.record({ key: u64, scope: nibble, type: nibble }), { nil: undefined });
    fc.assert(fc.property(u32, reservation, (generation, held) => {
      const decoded = decodeReadReservation(encodeReadReservation({ generation, reservation: held }));
      expect(decoded).toEqual({ generation, additionalLength: held === undefined ? 0 : 16, ...(held !== undefined && { reservation: held }) });
    }));
    expect(decodeReadReservation(fromHex(RECORDED.readReservation)).reservation).toEqual({
      key: 0x1111111111111111n, scope: 0, type: RESERVATION_TYPE.WRITE_EXCLUSIVE,
    });
    expect(() => decodeReadReservation(fromHex(RECORDED.readReservation).subarray(0, 16))).toThrow(ScsiDataError);
  });

  it('REPORT CAPABILITIES as SCST answers it', () => {
    const capabilities = decodeReportCapabilities(fromHex(RECORDED.reportCapabilities));
    expect(capabilities).toEqual({
      replaceLostReservationCapable: false, compatibleReservationHandling: true, specifyInitiatorPortsCapable: true, allTargetPortsCapable: true,
      persistThroughPowerLossCapable: true, typeMaskValid: true, allowCommands: 4, persistThroughPowerLossActivated: true,
      writeExclusiveAllRegistrants: true, exclusiveAccessRegistrantsOnly: true, writeExclusiveRegistrantsOnly: true, exclusiveAccess: true,
      writeExclusive: true, exclusiveAccessAllRegistrants: true,
    });
    // The last two bytes are left over from the initiator's buffer.
    expect(hex(encodeReportCapabilities(capabilities))).toBe(`${RECORDED.reportCapabilities.slice(0, 12)}0000`);
  });

  it('READ FULL STATUS says after decoding what was encoded', () => {
    const registration = fc.record({
      key: u64, allTargetPorts: fc.boolean(), reservationHolder: fc.boolean(), scope: nibble, type: nibble, relativeTargetPort: u16, transportId,
    });
    fc.assert(fc.property(u32, fc.array(registration, { maxLength: 4 }), (generation, registrations) => {
      expect(decodeReadFullStatus(encodeReadFullStatus({ generation, registrations }))).toMatchObject({ generation, registrations });
    }));
  });

  it('READ FULL STATUS as SCST answers it, read and written back', () => {
    const status = decodeReadFullStatus(fromHex(RECORDED.readFullStatus));
    expect(status.registrations.map(({ key, reservationHolder, type }) => ({ key, reservationHolder, type }))).toEqual([
      { key: 0x1111111111111111n, reservationHolder: true, type: 5 },
      { key: 0x2222222222222222n, reservationHolder: false, type: 0 },
      { key: 0x3333333333333333n, reservationHolder: false, type: 0 },
    ]);
    expect(status.registrations[0]?.transportId).toEqual({ protocol: 'sas', sasAddress: 0x5feede401fade050n });
    expect(hex(encodeReadFullStatus(status))).toBe(RECORDED.readFullStatus);
  });
});

describe('PERSISTENT RESERVE OUT', () => {
  it('the basic list says after decoding what was encoded, with and without SPEC_I_PT', () => {
    const list = fc.record(
      {
        key: u64, serviceActionKey: u64, allTargetPorts: fc.boolean(), activatePersistThroughPowerLoss: fc.boolean(),
        initiatorPorts: fc.array(transportId, { maxLength: 3 }),
      },
      { requiredKeys: ['key', 'serviceActionKey', 'allTargetPorts', 'activatePersistThroughPowerLoss'] },
    );
    fc.assert(fc.property(list, (values) => { expect(decodePersistentReserveOut(encodePersistentReserveOut(values))).toEqual(values); }));
    expect(hex(encodePersistentReserveOut(decodePersistentReserveOut(fromHex(RECORDED.registerSpecIPt))))).toBe(RECORDED.registerSpecIPt);
    expect(encodePersistentReserveOut({ key: 1n })).toHaveLength(24);
  });

  it('a TransportID that overruns its list, or a list that overruns the data, is refused', () => {
    const list = fromHex(RECORDED.registerSpecIPt);
    expect(() => decodePersistentReserveOut(list.subarray(0, 60))).toThrow(expect.objectContaining({ code: 'TRUNCATED' }) as Error);
    list[27] = 40;
    expect(() => decodePersistentReserveOut(list)).toThrow(expect.objectContaining({ code: 'MALFORMED', offset: 52 }) as Error);
    list[27] = 26;
    expect(() => decodePersistentReserveOut(list)).toThrow(ScsiDataError);
  });

  it('REGISTER AND MOVE says after decoding what was encoded', () => {
    const list = fc.record({
      key: u64, serviceActionKey: u64, unregister: fc.boolean(), activatePersistThroughPowerLoss: fc.boolean(), relativeTargetPort: u16, transportId,
    });
    fc.assert(fc.property(list, (values) => { expect(decodeRegisterAndMove(encodeRegisterAndMove(values))).toEqual(values); }));
    expect(hex(encodeRegisterAndMove(decodeRegisterAndMove(fromHex(RECORDED.registerAndMove))))).toBe(RECORDED.registerAndMove);
    expect(() => decodeRegisterAndMove(fromHex(RECORDED.registerAndMove).subarray(0, 30))).toThrow(ScsiDataError);
  });
});

it('reservation types have names', () => {
  expect(reservationTypeName(RESERVATION_TYPE.WRITE_EXCLUSIVE_REGISTRANTS_ONLY)).toBe('Write Exclusive, Registrants Only');
  expect(reservationTypeName(2)).toBe('reserved type 2h');
});
