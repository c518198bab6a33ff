import { type ScriptDevice } from './devices.js';
import { bigEndian, type Random } from './random.js';

/** A command without its outcome. */
export interface ScriptRequest {
  readonly cdb: readonly number[];
  readonly out: Buffer | null;
  readonly inLen: number;
}

/** Makes a command for a device. */
export type RequestMaker = (random: Random, device: ScriptDevice) => ScriptRequest;

export const nothing = (cdb: readonly number[]): ScriptRequest => ({ cdb, out: null, inLen: 0 });
export const takes = (cdb: readonly number[], inLen: number): ScriptRequest => ({ cdb, out: null, inLen });
export const gives = (cdb: readonly number[], out: Buffer | null): ScriptRequest => ({ cdb, out: out === null || out.length === 0 ? null : out, inLen: 0 });

/** CONTROL without NACA, which holds whole sessions up: reserved bits, vendor's bits, LINK. */
export const control = (random: Random): number => random.pick(0, 0, 0, 0, 0, 0, 0x40, 0x80, 0x02, 0x01, 0xf8);

const NACA = 0x04;

/** The same command with NACA set in its CONTROL byte, which is not that of REPORT KEY and the like. */
export const withNaca = ({ cdb, out, inLen }: ScriptRequest): ScriptRequest => {
  const [opcode = 0] = cdb;
  const at = opcode === 0x7f ? 1 : [5, 9, 9, 0, 15, 11][opcode >> 5] ?? 5;
  return { cdb: cdb.map((byte, index) => (index === at ? byte | NACA : byte)), out, inLen };
};

/** An allocation length around what there is to be had. */
export const allocation = (random: Random, real: number): number => random.pick(real, real, 255, 252, Math.max(0, real - 1), real + 1, 0, 1, 3, 4, 8, 36, 64, 96);

/** The buffer that is offered for it. */
export const offered = (random: Random, length: number): number => (random.chance(0.75) ? length : random.pick(0, 1, Math.max(0, length - 1), length + 4, 8, 64, 512));

/** Addresses at both ends of the medium, in it, and behind it. */
export const address = (random: Random, { blocks }: ScriptDevice): number =>
  random.pick(0, 1, 7, random.int(blocks), random.int(blocks), blocks - 8, blocks - 2, blocks - 1, blocks, blocks + 1);

export const longAddress = (random: Random, device: ScriptDevice): number | bigint =>
  random.chance(0.7) ? address(random, device) : random.pick<number | bigint>(2 ** 32 - 1, 2 ** 32, 2n ** 54n - 1n, 2n ** 54n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n);

export const count = (random: Random): number => (random.chance(0.95) ? random.pick(0, 1, 1, 2, 3, 8, 9, 16) : random.pick(64, 100, 255, 256, 257));

/** Operation codes of one command; 0: there is no form of that length. */
export interface Forms {
  readonly six?: number;
  readonly ten?: number;
  readonly twelve?: number;
  readonly sixteen?: number;
}

/** A CDB with an address and a length, in one of its forms. */
export const mediumCdb = (random: Random, device: ScriptDevice, { six, ten, twelve, sixteen }: Forms, flags: number, length: number): number[] => {
  const forms: [() => number[], ...(() => number[])[]] = [() => [ten ?? 0, flags, ...bigEndian(random.chance(0.1) ? 0xffffffff : address(random, device), 4), random.pick(0, 0, 0xff), ...bigEndian(length, 2), control(random)]];
  if (six !== undefined) {
    forms.push(() => {
      const [high = 0, ...low] = bigEndian(address(random, device), 3);
      return [six, (high & 0x1f) | random.pick(0, 0, 0xe0), ...low, length & 0xff, control(random)];
    });
  }
  if (twelve !== undefined) forms.push(() => [twelve, flags, ...bigEndian(address(random, device), 4), ...bigEndian(length, 4), random.pick(0, 0x1f), control(random)]);
  if (sixteen !== undefined) forms.push(() => [sixteen, flags, ...bigEndian(longAddress(random, device), 8), ...bigEndian(length, 4), random.pick(0, 0x3f), control(random)]);
  return random.pick(...forms)();
};

/** What a block device gets passed as it is. Whether it takes a part of a sector depends on how the kernel has laid the buffer out. */
export const wholeSectors = ({ handler }: ScriptDevice, bytes: number): number => (handler === 'vdisk_blockio' ? bytes - (bytes % 512) : bytes);

/** Data-out of so many bytes, or not quite so many. */
export const blocksOut = (random: Random, device: ScriptDevice, wanted: number): Buffer => {
  const { blockSize } = device;
  const chosen = random.chance(0.75) ? wanted : random.pick(0, Math.max(0, wanted - 1), Math.max(0, wanted - blockSize), wanted + 1, wanted + blockSize, blockSize, 512);
  const length = wholeSectors(device, chosen);
  return random.chance(0.6) ? Buffer.alloc(length, random.pick(0, 0x55, random.byte())) : random.bytes(length);
};
