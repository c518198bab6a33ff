import { writeU16, writeU32, writeU64 } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { COPY_RULES } from './copy-rules.js';
import { type CopyContext, type CopyParty, type CopyRefusal, readCopyDescriptors, readCopyHeader, readCopySegments } from './parameter-list.js';

// The parser hands parties on without a look at them.
const noNexus = Object.create(null) as CopyParty['nexus'];
const party = (blockSize: number, writeProtected = false): CopyParty => ({ nexus: noNexus, blockSize, writeProtected });
const small = party(512);
const large = party(4096);
const protectedParty = party(512, true);
const secret = party(512);
const PARTIES: Readonly<Record<number, CopyParty>> = { 1: small, 2: large, 3: protectedParty, 4: secret };

const context: CopyContext = {
  rules: COPY_RULES.scst,
  findParty: (codeSet, type, identifier) => (codeSet === 1 && type === 3 && identifier.length === 8 ? PARTIES[identifier[7]!] : undefined),
  mayUse: (each) => each !== secret,
  descriptorSense: false,
};

function cscd(id: number, blockSize: number, change: (descriptor: Uint8Array) => void = () => undefined): Uint8Array {
  const descriptor = new Uint8Array(32);
  descriptor.set([0xe4, 0, 0, 0, 0x01, 0x03, 0, 8]);
  descriptor[15] = id;
  descriptor[30] = blockSize >> 8;
  change(descriptor);
  return descriptor;
}

function segment(options: { source?: number; destination?: number; blocks?: number; dc?: boolean; length?: number; type?: number } = {}): Uint8Array {
  const descriptor = new Uint8Array(28);
  descriptor[0] = options.type ?? 2;
  descriptor[1] = options.dc === true ? 2 : 0;
  writeU16(descriptor, 2, options.length ?? 0x18);
  writeU16(descriptor, 4, options.source ?? 0);
  writeU16(descriptor, 6, options.destination ?? 1);
  writeU16(descriptor, 10, options.blocks ?? 8);
  writeU64(descriptor, 12, 5n);
  writeU64(descriptor, 20, 2n ** 40n);
  return descriptor;
}

function list(parties: readonly Uint8Array[], segments: readonly Uint8Array[], change: (header: Uint8Array) => void = () => undefined): Uint8Array {
  const header = new Uint8Array(16);
  header[0] = 1;
  writeU16(header, 2, parties.length * 32);
  writeU32(header, 8, segments.length * 28);
  change(header);
  return Uint8Array.from(Buffer.concat([header, ...parties, ...segments]));
}

function describeRefusal(refusal: CopyRefusal): string {
  switch (refusal.kind) {
    case 'cdb':
      return `cdb ${refusal.byte}`;
    case 'parameters':
      return `parameters ${refusal.byte}${refusal.bit === undefined ? '' : `.${refusal.bit}`}`;
    case 'condition':
      return `${refusal.condition.additionalSenseCode.toString(16)}/${refusal.condition.additionalSenseCodeQualifier.toString(16)}`;
    case 'sense':
      return Buffer.from(refusal.sense).toString('hex');
  }
}

/** How a list ends: refused, empty, or as its segments. */
function read(bytes: Uint8Array): string {
  const header = readCopyHeader(bytes);
  if ('kind' in header) return describeRefusal(header);
  const descriptors = readCopyDescriptors(bytes, context);
  if (descriptors === undefined) return 'nothing';
  if ('kind' in descriptors) return describeRefusal(descriptors);
  const segments = readCopySegments(bytes, descriptors, context);
  if ('kind' in segments) return describeRefusal(segments);
  return segments.map(({ length, sourceLba, destinationLba, destinationOffset }) => `${length} ${sourceLba} ${destinationLba} ${destinationOffset}`).join(', ');
}

const pair = [cscd(1, 512), cscd(2, 4096)];

describe('the header', () => {
  it('has sixteen bytes', () => {
    expect(read(new Uint8Array(15))).toBe('cdb 10');
  });
  it('says whether there is a list identifier', () => {
    const usage = (bits: number, id = 1): Uint8Array => list([], [], (header) => { header[0] = id; header[1] = bits; });
    expect(readCopyHeader(usage(0x00))).toEqual({ listId: 1 });
    expect(readCopyHeader(usage(0x10))).toEqual({ listId: 1 });
    expect(readCopyHeader(usage(0x18, 0))).toEqual({ listId: undefined });
    expect(read(usage(0x18))).toBe('parameters 0');
    expect(read(usage(0x08))).toBe('parameters 1.3');
  });
  it('has lengths that add up, and no inline data', () => {
    expect(read(list([], []))).toBe('nothing');
    expect(read(list(pair, [segment()], (header) => { writeU32(header, 12, 4); }))).toBe('26/b');
    expect(read(list([], [segment()]))).toBe('parameters 2');
    expect(read(list(pair, [], (header) => { writeU32(header, 8, 28); }))).toBe('1a/0');
    expect(read(list(pair, [segment()], (header) => { writeU32(header, 8, 0); }))).toBe('26/b');
    expect(read(list(pair, [segment()], (header) => { writeU32(header, 8, 0xffff_ffff); }))).toBe('26/b');
    expect(read(list(pair, [segment()], (header) => { writeU16(header, 2, 63); writeU32(header, 8, 29); }))).toBe('parameters 2');
    expect(read(list(Array.from({ length: 6 }, () => cscd(1, 512)), []))).toBe('26/6');
    expect(read(list(pair, Array.from({ length: 144 }, () => segment())))).toBe('26/8');
  });
});

describe('CSCD descriptors', () => {
  const one = (descriptor: Uint8Array): string => read(list([descriptor], []));
  it('are of the one type there is', () => {
    expect(one(cscd(1, 512, (bytes) => { bytes[0] = 0xe5; }))).toBe('26/7');
  });
  it('name a disk by a designator of its own that the initiator may use', () => {
    expect(one(cscd(1, 512))).toBe('');
    expect(one(cscd(9, 512))).toBe('parameters 16');
    expect(one(cscd(4, 512))).toBe('parameters 16');
    expect(one(cscd(1, 512, (bytes) => { bytes[7] = 21; }))).toBe('parameters 16');
    expect(one(cscd(1, 512, (bytes) => { bytes[1] = 0x40; }))).toBe('parameters 17.6');
    expect(one(cscd(1, 512, (bytes) => { bytes[1] = 0x05; }))).toBe('parameters 17.0');
  });
  it('know its block size', () => {
    expect(one(cscd(1, 4096))).toBe('parameters 45');
  });
  it('may be void, whatever else they hold', () => {
    expect(one(cscd(9, 7, (bytes) => { bytes[1] = 0x2f; }))).toBe('');
  });
});

describe('segment descriptors', () => {
  it('count blocks of the source, or of the destination', () => {
    expect(read(list(pair, [segment({ blocks: 16 }), segment({ blocks: 3, dc: true })]))).toBe(`8192 5 ${2 ** 40} 48, 12288 5 ${2 ** 40} 48`);
  });
  it('are of the one type there is', () => {
    expect(read(list(pair, [segment(), segment({ type: 3 })]))).toBe('26/9');
  });
  it.each([
    ['a length', { length: 0x17 }, 2, '0000'],
    ['a source that is not there', { source: 2 }, 4, '0000'],
    ['a void source', { source: 3 }, 4, '0d02'],
    ['a destination that is not there', { destination: 9 }, 6, '0000'],
    ['a void destination', { destination: 3 }, 6, '0d02'],
    ['a write-protected destination', { destination: 2 }, 6, '0000'],
    ['a length that is not whole blocks of the destination', { blocks: 7 }, 10, '0000'],
  ] as const)('are refused with a pointer to %s', (_, options, byte, code) => {
    const parties = [...pair, cscd(3, 512), cscd(1, 512, (bytes) => { bytes[1] = 0x20; })];
    const bad = 'source' in options && options.source === 2 ? { source: 4 } : options;
    expect(read(list(parties, [segment(), segment(bad)]))).toBe(`70000a000000000a00000001${code}00a000${byte.toString(16).padStart(2, '0')}`);
  });
  it('cut short lack what the rest would have said', () => {
    const whole = list(pair, [segment(), segment()]);
    const cut = whole.slice(0, whole.length - 27);
    writeU32(cut, 8, 29);
    expect(read(cut)).toBe('70000a000000000a0000000100000' + '0a00002');
  });
});

describe('the rules of the profile t10', () => {
  const t10: CopyContext = { ...context, rules: COPY_RULES.t10 };

  it('leave LU ID TYPE and NUL alone', () => {
    for (const flags of [0xc0, 0x20]) {
      const bytes = list([cscd(1, 512, (descriptor) => descriptor.fill(flags, 1, 2)), cscd(2, 4096)], [segment()]);
      const descriptors = readCopyDescriptors(bytes, t10);
      expect(descriptors).toMatchObject({ parties: [small, large] });
      expect(readCopyDescriptors(bytes, context)).not.toMatchObject({ parties: [small, large] });
    }
  });

  it('find a list too long before they count its descriptors', () => {
    const bytes = list(new Array<Uint8Array>(6).fill(cscd(1, 512)), new Array<Uint8Array>(2334).fill(segment()));
    const describeRead = (rules: CopyContext): string => {
      const found = readCopyDescriptors(bytes, rules);
      return found !== undefined && 'kind' in found ? describeRefusal(found) : 'read';
    };
    expect(describeRead(t10)).toBe('1a/0');
    expect(describeRead(context)).toBe('26/6');
  });
});
