import { bigEndian, type Random } from './random.js';

const REGISTER = 0;
const CLEAR = 3;
const REGISTER_AND_IGNORE = 6;
const REGISTER_AND_MOVE = 7;
const SPEC_I_PT = 0x08;
const LIST_LENGTH = 24;

/** TransportIDs of the first sessions, of nobody, and of iSCSI with a session identifier and without. */
const sas = (x: number, y: number): Buffer => Buffer.from(`060000005feede4${x.toString(16)}${y.toString(16)}fade050`.padEnd(48, '0'), 'hex');
const iscsi = (text: string, format: number): Buffer => {
  const length = Math.max(20, Math.ceil((text.length + 1) / 4) * 4);
  const id = Buffer.alloc(4 + length);
  id.writeUInt8(format, 0);
  id.writeUInt16BE(length, 2);
  id.write(text, 4);
  return id;
};
const TRANSPORT_IDS = [sas(0, 0), sas(0, 1), sas(1, 0), sas(2, 0), iscsi('iqn.2001-04.com.example:a', 0x05), iscsi('iqn.2001-04.com.example:a,i,0x000000000001', 0x45)] as const;

/** PERSISTENT RESERVE OUT of sessions that mostly remember their keys, or nothing would ever be reserved. */
export class ReserveOutScript {
  readonly #random: Random;
  readonly #keys = new Map<string, bigint>();

  constructor(random: Random) {
    this.#random = random;
  }

  next(nexus: string): { cdb: number[]; out: Buffer | null } {
    const random = this.#random;
    const action = random.pick(0, 0, 0, 6, 6, 1, 1, 1, 2, 2, 3, 4, 4, 5, 7, random.int(32));
    const known = this.#keys.get(nexus);
    const list = Buffer.alloc(LIST_LENGTH);
    list.writeBigUInt64BE(random.chance(0.85) ? (known ?? 0n) : BigInt(random.int(4)), 0);
    list.writeBigUInt64BE(BigInt(known === undefined && action === REGISTER ? 1 + random.int(3) : random.int(5)), 8);
    if (random.chance(0.08)) list.writeUInt8(random.pick(1, 4, 5, random.byte() & ~SPEC_I_PT), 20);
    const typeAndScope = (random.chance(0.95) ? 0 : random.int(16) << 4) | random.pick(1, 3, 5, 6, 7, 8, 1, 5, random.int(16));
    if (action === REGISTER_AND_MOVE) return this.#command(action, typeAndScope, this.#move(list));
    if (action === REGISTER && random.chance(0.2)) return this.#command(action, typeAndScope, this.#named(list));
    const out = random.chance(0.95) ? list : Buffer.concat([list, Buffer.alloc(8)]).subarray(0, random.pick(0, 23, 25, 28));
    if ((action === REGISTER || action === REGISTER_AND_IGNORE) && out.length === LIST_LENGTH) {
      const key = list.readBigUInt64BE(8);
      if (key === 0n) this.#keys.delete(nexus);
      else this.#keys.set(nexus, key);
    } else if (action === CLEAR) this.#keys.clear();
    return this.#command(action, typeAndScope, out);
  }

  #command(action: number, typeAndScope: number, out: Buffer): { cdb: number[]; out: Buffer | null } {
    return { cdb: [0x5f, action, typeAndScope, 0, 0, ...bigEndian(out.length, 4), 0], out: out.length === 0 ? null : out };
  }

  #move(list: Buffer): Buffer {
    const random = this.#random;
    const id = random.pick(...TRANSPORT_IDS);
    list.writeUInt8(random.int(4), 17);
    list.writeUInt16BE(random.int(3), 18);
    list.writeUInt32BE(random.chance(0.85) ? id.length : random.pick(0, 4, 23, 25, 0xffffffe7, 0xffffffe8, 0xffffffff), 20);
    return Buffer.concat([list, id]);
  }

  #named(list: Buffer): Buffer {
    const random = this.#random;
    const ids = Buffer.concat(Array.from({ length: random.int(3) }, () => random.pick(...TRANSPORT_IDS)));
    list.writeUInt8(SPEC_I_PT, 20);
    return Buffer.concat([list, bigEndian(random.chance(0.9) ? ids.length : random.pick(0, 4, ids.length + 1), 4), ids]);
  }
}
