import { OPCODE, readU16, readU8, SENSE_CONDITION, SERVICE_ACTION, writeU16, writeU32, type SenseCondition } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { Nexus } from '../nexus/nexus.js';
import type { AluaState, DeviceGroupObject, TargetGroupObject, TargetObject } from '../nexus/objects.js';
import { type AluaAcceptance, type CommandRow, defineCommand } from './command.js';

/** ASYMMETRIC ACCESS STATE codes, SPC-5 table 319. */
const STATE_CODES: Readonly<Record<AluaState, number>> = {
  active: 0x0,
  nonoptimized: 0x1,
  standby: 0x2,
  unavailable: 0x3,
  offline: 0xe,
  transitioning: 0xf,
};

/** States that SET TARGET PORT GROUPS may ask for. */
const SETTABLE: ReadonlyMap<number, AluaState> = new Map(
  (['active', 'nonoptimized', 'standby', 'unavailable', 'offline'] as const).map((state) => [STATE_CODES[state], state]),
);

/** What a state lets through: rows that accept at least this much, and what the others are told. */
const STATE_CHECKS: ReadonlyMap<AluaState, { readonly accepts: ReadonlySet<AluaAcceptance>; readonly refusal: SenseCondition }> = new Map([
  ['standby', { accepts: new Set(['standby', 'unavailable', 'transitioning']), refusal: SENSE_CONDITION.TARGET_PORT_IN_STANDBY_STATE }],
  ['unavailable', { accepts: new Set(['unavailable', 'transitioning']), refusal: SENSE_CONDITION.TARGET_PORT_IN_UNAVAILABLE_STATE }],
  // An offline port says that it is unavailable.
  ['offline', { accepts: new Set(['unavailable', 'transitioning']), refusal: SENSE_CONDITION.TARGET_PORT_IN_UNAVAILABLE_STATE }],
  ['transitioning', { accepts: new Set(['transitioning']), refusal: SENSE_CONDITION.ASYMMETRIC_ACCESS_STATE_TRANSITION }],
] as const);

/**
 * The target group that INQUIRY tells a nexus of: the one that has a member of its target's name, be it a remote one; null
 * where the device has no device group, or that has no such member.
 */
export function targetGroupOf({ device, session }: Nexus): TargetGroupObject | null {
  return findGroup(device.deviceGroup, (member) => member.name === session.target.name);
}

/** The state of the nexus's own target port: that of the group with its target as a local member, else active. */
function accessState({ device, session }: Nexus): AluaState {
  return findGroup(device.deviceGroup, (member) => member.target === session.target)?.state ?? 'active';
}

function findGroup(
  deviceGroup: DeviceGroupObject | null,
  matches: (member: { readonly target: TargetObject | null; readonly name: string }) => boolean,
): TargetGroupObject | null {
  for (const group of deviceGroup?.targetGroups.values() ?? []) {
    for (const member of group.members) if (matches(member)) return group;
  }
  return null;
}

/** Milliseconds for which a command that meets a transition is put off before it is refused. */
const TRANSITION_PATIENCE = 500;

/**
 * Whether the asymmetric access state lets the command through (SPEC 14). False: the command has been ended, or, once, put off
 * until a transition may be over, when the device server starts it again.
 */
export function checkAluaState(command: ActiveCommand): boolean {
  const state = accessState(command.nexus);
  const check = STATE_CHECKS.get(state);
  if (check === undefined || check.accepts.has(command.row.alua ?? 'active')) return true;
  if (state === 'transitioning' && !command.hasMetTransition) putOff(command);
  else command.fail(check.refusal);
  return false;
}

/** The command waits outside: what aborts it ends it at once. */
function putOff(command: ActiveCommand): void {
  command.hasMetTransition = true;
  const { server } = command;
  server.core.clock.after(TRANSITION_PATIENCE, () => {
    if (!command.ended) server.start(command);
  });
}

/** PARAMETER DATA FORMAT, bits 5-7 of byte 1: without and with the extended header. */
const FORMAT = { LENGTH_ONLY: 0, EXTENDED: 1 } as const;
/** Supported states: transitioning, offline, unavailable, standby, non-optimized, optimized (T_SUP O_SUP … AO_SUP). */
const SUPPORTED_STATES = 0xcf;
const PREFERRED = 0x80;
/** STATUS CODE: the state was altered by implicit ALUA. SCST says so whoever did it. */
const ALTERED_IMPLICITLY = 0x02;

/** REPORT TARGET PORT GROUPS, SPC-5 6.36. */
const reportTargetPortGroups = defineCommand({
  opcode: OPCODE.MAINTENANCE_IN,
  serviceAction: SERVICE_ACTION.MAINTENANCE_IN.REPORT_TARGET_PORT_GROUPS,
  name: 'REPORT TARGET PORT GROUPS',
  on: ['disk'],
  direction: 'in',
  length: { at: 6, bytes: 4 },
  whileReserved: 'always',
  alua: 'transitioning',
  local: true,
  report: { order: 12, usage: [0xa3, 0xea, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: 10 },
  execute: (command) => {
    // No allocation length, no check of the format.
    if (command.transferLength === 0) {
      command.good();
      return;
    }
    const format = readU8(command.cdb, 1) >> 5;
    if (format === FORMAT.LENGTH_ONLY || format === FORMAT.EXTENDED) command.reply(encodeTargetPortGroups(command.nexus.device.deviceGroup, format));
    else command.fail(SENSE_CONDITION.INVALID_FIELD_IN_CDB);
  },
});

/** The parameter data of {@link reportTargetPortGroups}; four zeros for a device in no device group. */
function encodeTargetPortGroups(deviceGroup: DeviceGroupObject | null, format: 0 | 1): Uint8Array {
  const header = format === FORMAT.EXTENDED ? 8 : 4;
  const groups = [...(deviceGroup?.targetGroups.values() ?? [])].map((group) => ({ group, members: [...group.members] }));
  const data = new Uint8Array(groups.reduce((sum, { members }) => sum + 8 + 4 * members.length, header));
  writeU32(data, 0, data.length - 4);
  if (format === FORMAT.EXTENDED) data[4] = FORMAT.EXTENDED << 4;
  let at = header;
  for (const { group, members } of groups) {
    data[at] = (group.preferred ? PREFERRED : 0) | STATE_CODES[group.state];
    data[at + 1] = SUPPORTED_STATES;
    writeU16(data, at + 2, group.groupId);
    data[at + 5] = ALTERED_IMPLICITLY;
    data[at + 7] = members.length;
    at += 8;
    for (const { relTgtId } of members) {
      writeU16(data, at + 2, relTgtId);
      at += 4;
    }
  }
  return data;
}

/** Target port group descriptors begin behind the reserved four bytes, and have four each (SPC-5 table 261). */
const DESCRIPTOR_LENGTH = 4;
const MAX_DESCRIPTORS = 64;

/** SET TARGET PORT GROUPS, SPC-5 6.47. */
const setTargetPortGroups = defineCommand({
  opcode: OPCODE.MAINTENANCE_OUT,
  serviceAction: SERVICE_ACTION.MAINTENANCE_OUT.SET_TARGET_PORT_GROUPS,
  name: 'SET TARGET PORT GROUPS',
  on: ['disk'],
  direction: 'out',
  length: { at: 6, bytes: 4 },
  whileReserved: 'writes',
  alua: 'unavailable',
  exclusive: true,
  local: true,
  report: {
    order: 46,
    usage: [0xa4, 0x0a, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04],
    timeout: 10,
    when: ({ device }) => device.explAlua,
  },
  execute: (command) => {
    if (!command.device.explAlua) {
      command.invalidFieldInCdb(1, 0);
      return;
    }
    const list = command.transferLength === 0 ? null : command.task.dataOut;
    if (list === null || list.length === 0) {
      command.good();
      return;
    }
    if (Math.trunc((list.length - DESCRIPTOR_LENGTH) / DESCRIPTOR_LENGTH) > MAX_DESCRIPTORS) {
      command.invalidFieldInCdb(6);
      return;
    }
    const refusal = checkRequestedStates(command.device.deviceGroup, list);
    if (refusal === undefined) command.good();
    else command.fail(refusal);
  },
});

/**
 * Whether every group has the state already that it is asked to take. In SCST a listener in user space would be told to bring
 * about any other; there is none, so that fails, as do states and groups that do not exist.
 */
function checkRequestedStates(deviceGroup: DeviceGroupObject | null, list: Uint8Array): SenseCondition | undefined {
  const failed = SENSE_CONDITION.SET_TARGET_PORT_GROUPS_COMMAND_FAILED;
  if (deviceGroup === null) return failed;
  let changes = false;
  for (let at = DESCRIPTOR_LENGTH; at + DESCRIPTOR_LENGTH <= list.length; at += DESCRIPTOR_LENGTH) {
    const state = SETTABLE.get(readU8(list, at) & 0x1f);
    const groupId = readU16(list, at + 2);
    const group = groupId === 0 ? undefined : [...deviceGroup.targetGroups.values()].find((each) => each.groupId === groupId);
    if (state === undefined || group === undefined) return failed;
    if (group.state === 'transitioning') return SENSE_CONDITION.ASYMMETRIC_ACCESS_STATE_TRANSITION;
    changes ||= group.state !== state;
  }
  return changes ? failed : undefined;
}

export const aluaCommands: readonly CommandRow[] = [reportTargetPortGroups, setTargetPortGroups];
