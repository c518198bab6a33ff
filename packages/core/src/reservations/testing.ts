import { writeU16, writeU32, writeU64 } from '@scst/scsi';
import type { Profile } from '../profile.js';
import { PersistentReservations, type ReservationNexus } from './persistent-reservations.js';
import { RESERVATION_RULES } from './reservation-rules.js';
import { reserveIn } from './reserve-in.js';
import { reserveOut, type ReserveOutOutcome, type TargetPorts } from './reserve-out.js';

/** A nexus that remembers what it was told. */
export interface TestNexus extends ReservationNexus {
  readonly name: string;
}

/** The TransportID of scst_local's session number N. */
export function sasTransportId(number: number): Uint8Array {
  const id = new Uint8Array(24);
  id.set([0x06, 0, 0, 0, 0x5f, 0xee, 0xde, 0x40 | ((number >> 4) & 0xf), 0x0f | ((number & 0xf) << 4), 0xad, 0xe0, 0x50]);
  return id;
}

/** An iSCSI TransportID (SPC-5 7.6.4.5) with or without an ISID. */
export function iscsiTransportId(name: string, isid?: string): Uint8Array {
  const text = isid === undefined ? name : `${name},i,0x${isid}`;
  const length = Math.ceil((text.length + 1) / 4) * 4;
  const id = new Uint8Array(4 + length);
  id[0] = isid === undefined ? 0x05 : 0x45;
  writeU16(id, 2, length);
  id.set(Buffer.from(text, 'latin1'), 4);
  return id;
}

export function nexus(name: string, transportId: Uint8Array, relTgtId = 0): TestNexus {
  return { name, session: { transportId, target: { relTgtId } } };
}

export interface OutOptions {
  type?: number;
  scope?: number;
  key?: bigint;
  actionKey?: bigint;
  /** Byte 20: APTPL 01h, ALL_TG_PT 04h, SPEC_I_PT 08h. */
  flags?: number;
  /** TransportIDs after the basic list (SPEC_I_PT). */
  transportIds?: readonly Uint8Array[];
  parameters?: Uint8Array;
}

/** A logical unit with nexuses, driven by service actions. */
export class TestUnit {
  readonly state = new PersistentReservations<TestNexus>();
  profile: Profile = 'recorded';
  ports: TargetPorts = { local: () => [], remote: () => [] };

  constructor(...nexuses: readonly TestNexus[]) {
    for (const each of nexuses) this.state.attach(each);
  }

  out(from: TestNexus, serviceAction: number, options: OutOptions = {}): ReserveOutOutcome<TestNexus> {
    const cdb = Uint8Array.of(0x5f, serviceAction, ((options.scope ?? 0) << 4) | (options.type ?? 0), 0, 0, 0, 0, 0, 0, 0);
    const parameters = options.parameters ?? parameterList(options);
    return reserveOut(this.state, { nexus: from, cdb, parameters, rules: RESERVATION_RULES[this.profile], ports: this.ports });
  }

  in(serviceAction: number, length = 1024): string | undefined {
    const data = reserveIn(this.state, serviceAction, new Uint8Array(length), RESERVATION_RULES[this.profile]);
    return data === undefined ? undefined : Buffer.from(data).toString('hex');
  }
}

export function parameterList({ key = 0n, actionKey = 0n, flags = 0, transportIds }: OutOptions): Uint8Array {
  const tail = transportIds === undefined ? undefined : Buffer.concat(transportIds);
  const list = new Uint8Array(tail === undefined ? 24 : 28 + tail.length);
  writeU64(list, 0, key);
  writeU64(list, 8, actionKey);
  list[20] = flags;
  if (tail !== undefined) {
    writeU32(list, 24, tail.length);
    list.set(tail, 28);
  }
  return list;
}

/** The parameter list of REGISTER AND MOVE. */
export function moveList(options: { key: bigint; actionKey: bigint; flags?: number; port: number; transportId: Uint8Array; length?: number }): Uint8Array {
  const list = new Uint8Array(24 + options.transportId.length);
  writeU64(list, 0, options.key);
  writeU64(list, 8, options.actionKey);
  list[17] = options.flags ?? 0;
  writeU16(list, 18, options.port);
  writeU32(list, 20, options.length ?? options.transportId.length);
  list.set(options.transportId, 24);
  return list;
}

/** An outcome in one line: how it ended, and who was told what. */
export function summary({ result, effects }: ReserveOutOutcome<TestNexus>): string {
  const told = effects.map((effect) =>
    effect.kind === 'abort'
      ? `${effect.nexus.name}:abort`
      : `${effect.nexus.name}:${effect.condition.additionalSenseCode.toString(16)}/${effect.condition.additionalSenseCodeQualifier.toString(16).padStart(2, '0')}`,
  );
  const end =
    result.kind === 'check'
      ? `${result.condition.additionalSenseCode.toString(16)}/${result.condition.additionalSenseCodeQualifier.toString(16).padStart(2, '0')}` +
        (result.place === undefined ? '' : ` ${result.place.in} ${result.place.byte}${result.place.bit === undefined ? '' : `.${result.place.bit}`}`)
      : result.kind;
  return [end, ...told].join(' ');
}
