import { readU16, readU32, readU8, writeU16, writeU32 } from '../bytes.js';
import { requireLength, requireRange } from '../data-error.js';
import { bits, flag, word } from '../field.js';
import { concat } from './concat.js';
import { decodeStruct, encodeStruct, type StructInput, type StructValues } from './struct.js';

/** ASYMMETRIC ACCESS STATE, SPC-5 6.37. */
export const ASYMMETRIC_ACCESS_STATE = {
  ACTIVE_OPTIMIZED: 0x0,
  ACTIVE_NON_OPTIMIZED: 0x1,
  STANDBY: 0x2,
  UNAVAILABLE: 0x3,
  LOGICAL_BLOCK_DEPENDENT: 0x4,
  OFFLINE: 0xe,
  TRANSITIONING: 0xf,
} as const;

const STATE_NAMES: Readonly<Record<number, string>> = {
  0x0: 'active/optimized',
  0x1: 'active/non-optimized',
  0x2: 'standby',
  0x3: 'unavailable',
  0x4: 'logical block dependent',
  0xe: 'offline',
  0xf: 'transitioning',
};

/** The standard's name of an asymmetric access state. */
export function asymmetricAccessStateName(state: number): string {
  return STATE_NAMES[state] ?? `reserved state ${state.toString(16).toUpperCase()}h`;
}

const GROUP = {
  length: 8,
  fields: {
    /** PREF: the preferred group. */
    preferred: flag('PREF', 0, 7),
    /** {@link ASYMMETRIC_ACCESS_STATE} */
    state: bits('ASYMMETRIC ACCESS STATE', 0, 3, 4),
    transitioningSupported: flag('T_SUP', 1, 7),
    offlineSupported: flag('O_SUP', 1, 6),
    logicalBlockDependentSupported: flag('LBD_SUP', 1, 4),
    unavailableSupported: flag('U_SUP', 1, 3),
    standbySupported: flag('S_SUP', 1, 2),
    activeNonOptimizedSupported: flag('AN_SUP', 1, 1),
    activeOptimizedSupported: flag('AO_SUP', 1, 0),
    targetPortGroup: word('TARGET PORT GROUP', 2, 2),
    /** 0 = none, 1 = the state was set by SET TARGET PORT GROUPS, 2 = by the device itself. */
    statusCode: word('STATUS CODE', 5, 1),
  },
};

/** A target port group descriptor, SPC-5 6.37. */
export interface TargetPortGroup extends StructValues<typeof GROUP.fields> {
  /** RELATIVE TARGET PORT IDENTIFIERs of the ports in the group, at most 255. */
  readonly relativeTargetPorts: readonly number[];
}

export type TargetPortGroupInput = StructInput<typeof GROUP.fields> & { readonly relativeTargetPorts?: readonly number[] | undefined };

/** REPORT TARGET PORT GROUPS parameter data, SPC-5 6.37. */
export interface ReportTargetPortGroups {
  /** RETURN DATA LENGTH as the device has it, less its own four bytes. */
  readonly returnDataLength: number;
  /** Seconds that an implicit transition may take; present in the extended format only. */
  readonly implicitTransitionTime?: number | undefined;
  readonly groups: readonly TargetPortGroup[];
}

/** FORMAT TYPE of the extended header, in the bits that a descriptor keeps zero. */
const EXTENDED_FORMAT = 0x10;

/** Decodes either format. Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; a group that was cut off is left out. */
export function decodeReportTargetPortGroups(bytes: Uint8Array): ReportTargetPortGroups {
  requireLength(bytes, 4, 'REPORT TARGET PORT GROUPS parameter data');
  const returnDataLength = readU32(bytes, 0);
  const end = Math.min(bytes.length, 4 + returnDataLength);
  const extended = end >= 8 && (readU8(bytes, 4) & 0x70) === EXTENDED_FORMAT;
  const groups: TargetPortGroup[] = [];
  for (let at = extended ? 8 : 4; at + GROUP.length <= end; ) {
    const count = readU8(bytes, at + 7);
    const next = at + GROUP.length + 4 * count;
    if (next > end) break;
    const portsAt = at + GROUP.length;
    groups.push({
      ...decodeStruct(GROUP, bytes.subarray(at)),
      relativeTargetPorts: Array.from({ length: count }, (_, index) => readU16(bytes, portsAt + 4 * index + 2)),
    });
    at = next;
  }
  return { returnDataLength, ...(extended && { implicitTransitionTime: readU8(bytes, 5) }), groups };
}

/** Encodes the extended format when an implicit transition time is given. Throws {@link ScsiDataError} `RANGE` for what does not fit. */
export function encodeReportTargetPortGroups(report: {
  readonly implicitTransitionTime?: number | undefined;
  readonly groups: readonly TargetPortGroupInput[];
}): Uint8Array {
  const { implicitTransitionTime, groups } = report;
  const header = new Uint8Array(implicitTransitionTime === undefined ? 4 : 8);
  if (implicitTransitionTime !== undefined) {
    requireRange(implicitTransitionTime, 8, 5, 'IMPLICIT TRANSITION TIME');
    header[4] = EXTENDED_FORMAT;
    header[5] = implicitTransitionTime;
  }
  const bytes = concat([header, ...groups.map(encodeGroup)]);
  writeU32(bytes, 0, bytes.length - 4);
  return bytes;
}

function encodeGroup(group: TargetPortGroupInput): Uint8Array {
  const ports = group.relativeTargetPorts ?? [];
  requireRange(ports.length, 8, 7, 'TARGET PORT COUNT');
  const bytes = new Uint8Array(GROUP.length + 4 * ports.length);
  bytes.set(encodeStruct(GROUP, group));
  bytes[7] = ports.length;
  ports.forEach((port, index) => {
    requireRange(port, 16, GROUP.length + 4 * index + 2, 'RELATIVE TARGET PORT IDENTIFIER');
    writeU16(bytes, GROUP.length + 4 * index + 2, port);
  });
  return bytes;
}

/** One descriptor of the SET TARGET PORT GROUPS parameter list, SPC-5 6.45. */
export interface SetTargetPortGroup {
  /** {@link ASYMMETRIC_ACCESS_STATE} */
  readonly state: number;
  readonly targetPortGroup: number;
}

/** Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; a descriptor that was cut off is left out. */
export function decodeSetTargetPortGroups(bytes: Uint8Array): SetTargetPortGroup[] {
  requireLength(bytes, 4, 'SET TARGET PORT GROUPS parameter list');
  const groups: SetTargetPortGroup[] = [];
  for (let at = 4; at + 4 <= bytes.length; at += 4) groups.push({ state: readU8(bytes, at) & 0x0f, targetPortGroup: readU16(bytes, at + 2) });
  return groups;
}

/** Throws {@link ScsiDataError} `RANGE` for a state or a group number that does not fit. */
export function encodeSetTargetPortGroups(groups: readonly SetTargetPortGroup[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * groups.length);
  groups.forEach(({ state, targetPortGroup }, index) => {
    const at = 4 + 4 * index;
    requireRange(state, 4, at, 'ASYMMETRIC ACCESS STATE');
    requireRange(targetPortGroup, 16, at + 2, 'TARGET PORT GROUP');
    bytes[at] = state;
    writeU16(bytes, at + 2, targetPortGroup);
  });
  return bytes;
}
