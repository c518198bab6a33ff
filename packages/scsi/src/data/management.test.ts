import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../data-error.js';
import { fromHex, hex, u16, u32, u64, u8 } from '../testing/arbitraries.js';
import { RECORDED } from '../testing/recorded.js';
import { decodeLbaStatus, encodeLbaStatus, PROVISIONING_STATUS } from './lba-status.js';
import { decodeLogPage, decodeLogParameters, decodeSupportedLogPages, encodeLogPage, encodeLogParameters } from './log-page.js';
import { decodeToc, encodeToc, LEAD_OUT_TRACK } from './read-toc.js';
import {
  COMMAND_SUPPORT, decodeOneCommand, decodeSupportedCommands, encodeOneCommand, encodeSupportedCommands,
} from './supported-operation-codes.js';
import { decodeSupportedTaskManagementFunctions, encodeSupportedTaskManagementFunctions } from './supported-task-management-functions.js';
import {
  ASYMMETRIC_ACCESS_STATE, asymmetricAccessStateName, decodeReportTargetPortGroups, decodeSetTargetPortGroups, encodeReportTargetPortGroups,
  encodeSetTargetPortGroups,
} from './target-port-groups.js';
import { decodeUnmap, encodeUnmap } from './unmap.js';

describe('target port groups', () => {
  const group = fc.record({
    preferred: fc.boolean(), state: fc.nat({ max: 15 }), transitioningSupported: fc.boolean(), offlineSupported: fc.boolean(),
    logicalBlockDependentSupported: fc.boolean(), unavailableSupported: fc.boolean(), standbySupported: fc.boolean(),
    activeNonOptimizedSupported: fc.boolean(), activeOptimizedSupported: fc.boolean(), targetPortGroup: u16, statusCode: u8,
    relativeTargetPorts: fc.array(u16, { maxLength: 5 }),
  });
  it('the report says after decoding what was encoded, in both formats', () => {
    fc.assert(fc.property(fc.array(group, { maxLength: 4 }), fc.option(u8, { nil: undefined }), (groups, implicitTransitionTime) => {
      const decoded = decodeReportTargetPortGroups(encodeReportTargetPortGroups({ groups, implicitTransitionTime }));
      expect(decoded.groups).toEqual(groups);
      expect(decoded.implicitTransitionTime).toBe(implicitTransitionTime);
    }));
  });
  it('both formats as SCST answers them, read and written back', () => {
    const report = decodeReportTargetPortGroups(fromHex(RECORDED.targetPortGroups));
    expect(report.groups.map(({ state, targetPortGroup, relativeTargetPorts }) => ({ state, targetPortGroup, relativeTargetPorts }))).toEqual([
      { state: ASYMMETRIC_ACCESS_STATE.ACTIVE_OPTIMIZED, targetPortGroup: 1, relativeTargetPorts: [1] },
      { state: ASYMMETRIC_ACCESS_STATE.ACTIVE_OPTIMIZED, targetPortGroup: 2, relativeTargetPorts: [2, 99] },
    ]);
    expect(hex(encodeReportTargetPortGroups(report))).toBe(RECORDED.targetPortGroups);
    const extended = decodeReportTargetPortGroups(fromHex(RECORDED.targetPortGroupsExtended));
    expect(extended.implicitTransitionTime).toBe(0);
    expect(hex(encodeReportTargetPortGroups(extended))).toBe(RECORDED.targetPortGroupsExtended);
  });
  it('the list to set says after decoding what was encoded', () => {
    const list = fc.array(fc.record({ state: fc.nat({ max: 15 }), targetPortGroup: u16 }), { maxLength: 6 });
    fc.assert(fc.property(list, (groups) => { expect(decodeSetTargetPortGroups(encodeSetTargetPortGroups(groups))).toEqual(groups); }));
    expect(hex(encodeSetTargetPortGroups(decodeSetTargetPortGroups(fromHex(RECORDED.setTargetPortGroups))))).toBe(RECORDED.setTargetPortGroups);
    expect(() => encodeSetTargetPortGroups([{ state: 16, targetPortGroup: 0 }])).toThrow(ScsiDataError);
  });
  it('states have names', () => {
    expect(asymmetricAccessStateName(ASYMMETRIC_ACCESS_STATE.TRANSITIONING)).toBe('transitioning');
    expect(asymmetricAccessStateName(7)).toBe('reserved state 7h');
  });
});

describe('supported operation codes', () => {
  const timeouts = fc.record({ commandSpecific: u8, nominal: u32, recommended: u32 });
  it('the list says after decoding what was encoded', () => {
    const command = fc.record({ opcode: u8, serviceAction: u16, cdbLength: u16, timeouts }, { requiredKeys: ['opcode', 'cdbLength'] });
    fc.assert(fc.property(fc.array(command, { maxLength: 6 }), (commands) => {
      expect(decodeSupportedCommands(encodeSupportedCommands(commands))).toEqual(commands);
    }));
  });
  it('one command says after decoding what was encoded', () => {
    const command = fc.record({ support: fc.nat({ max: 7 }), cdbUsage: fc.uint8Array({ maxLength: 32 }), timeouts }, { requiredKeys: ['support', 'cdbUsage'] });
    fc.assert(fc.property(command, (values) => { expect(decodeOneCommand(encodeOneCommand(values))).toEqual(values); }));
  });
  it('the lists of an SCST disk, read and written back', () => {
    for (const list of [RECORDED.supportedCommands, RECORDED.supportedCommandsWithTimeouts]) {
      const commands = decodeSupportedCommands(fromHex(list));
      expect(commands).toHaveLength(45);
      expect(hex(encodeSupportedCommands(commands))).toBe(list);
    }
    expect(decodeSupportedCommands(fromHex(RECORDED.supportedCommandsWithTimeouts))[0]).toEqual({
      opcode: 0x35, cdbLength: 10, timeouts: { commandSpecific: 0, nominal: 1, recommended: 60 },
    });
    for (const command of [RECORDED.oneCommand, RECORDED.oneCommandWithTimeouts]) {
      expect(decodeOneCommand(fromHex(command))).toMatchObject({ support: COMMAND_SUPPORT.AS_STANDARD, cdbUsage: fromHex('28f8ffffffff00ffff04') });
      expect(hex(encodeOneCommand(decodeOneCommand(fromHex(command))))).toBe(command);
    }
  });
});

describe('supported task management functions', () => {
  it('as SCST answers, read and written back', () => {
    const functions = decodeSupportedTaskManagementFunctions(fromHex(RECORDED.taskManagementFunctions));
    expect(functions).toMatchObject({
      abortTask: true, abortTaskSet: true, clearAca: true, clearTaskSet: true, logicalUnitReset: true, targetReset: false,
      timeouts: { timeoutsValid: true, abortTaskShort: true, clearAcaShort: true, longTimeout: 300, shortTimeout: 150 },
    });
    expect(hex(encodeSupportedTaskManagementFunctions(functions))).toBe(RECORDED.taskManagementFunctions);
    expect(hex(encodeSupportedTaskManagementFunctions({ abortTask: true, nexusReset: true }))).toBe('80010000');
    expect(decodeSupportedTaskManagementFunctions(fromHex('f8000000')).timeouts).toBeUndefined();
  });
});

describe('block ranges', () => {
  const range = fc.record({ lba: u64, numberOfLogicalBlocks: u32 });
  it('an UNMAP list says after decoding what was encoded', () => {
    fc.assert(fc.property(fc.array(range, { maxLength: 10 }), (ranges) => { expect(decodeUnmap(encodeUnmap(ranges))).toEqual(ranges); }));
    expect(hex(encodeUnmap(decodeUnmap(fromHex(RECORDED.unmap))))).toBe(RECORDED.unmap);
    expect(() => encodeUnmap(new Array(4096).fill({ lba: 0n, numberOfLogicalBlocks: 1 }))).toThrow(ScsiDataError);
    expect(() => encodeUnmap([{ lba: 0, numberOfLogicalBlocks: 2 ** 32 }])).toThrow(ScsiDataError);
  });
  it('GET LBA STATUS says after decoding what was encoded', () => {
    const status = fc.record({ lba: u64, numberOfLogicalBlocks: u32, provisioningStatus: fc.nat({ max: 15 }), additionalStatus: u8 });
    fc.assert(fc.property(fc.array(status, { maxLength: 5 }), (descriptors) => {
      expect(decodeLbaStatus(encodeLbaStatus(descriptors))).toEqual({ parameterDataLength: 4 + 16 * descriptors.length, descriptors });
    }));
    const [first] = decodeLbaStatus(fromHex('00000014 00000000 0000000000000010 00000008 01 00 0000')).descriptors;
    expect(first).toEqual({ lba: 16n, numberOfLogicalBlocks: 8, provisioningStatus: PROVISIONING_STATUS.DEALLOCATED, additionalStatus: 0 });
  });
});

describe('READ TOC', () => {
  it('says after decoding what was encoded, with addresses as blocks and as minutes, seconds and frames', () => {
    const track = fc.record({ trackNumber: u8, adr: fc.nat({ max: 15 }), control: fc.nat({ max: 15 }), startLba: fc.nat({ max: 1_000_000 }) });
    const toc = fc.record({ first: u8, last: u8, tracks: fc.array(track, { maxLength: 5 }) });
    fc.assert(fc.property(toc, fc.boolean(), (values, msf) => { expect(decodeToc(encodeToc(values, { msf }), { msf })).toEqual(values); }));
  });
  it('as an SCST CD-ROM answers, read and written back', () => {
    const toc = decodeToc(fromHex(RECORDED.toc));
    expect(toc).toEqual({
      first: 1, last: 1,
      tracks: [{ trackNumber: 1, adr: 1, control: 4, startLba: 0 }, { trackNumber: LEAD_OUT_TRACK, adr: 1, control: 4, startLba: 0x40 }],
    });
    expect(hex(encodeToc(toc))).toBe(RECORDED.toc);
    expect(hex(encodeToc(toc, { msf: true })).slice(8)).toBe('00140100' + '00000200' + '0014aa00' + '00000240');
  });
  it('an address that does not fit is refused', () => {
    const far = { first: 1, last: 1, tracks: [{ trackNumber: 1, adr: 1, control: 4, startLba: 2 ** 31 }] };
    expect(() => encodeToc(far, { msf: true })).toThrow(ScsiDataError);
  });
});

describe('log pages', () => {
  it('say after decoding what was encoded', () => {
    const parameter = fc.record({ code: u16, control: u8, value: fc.uint8Array({ maxLength: 40 }) });
    const page = fc.record(
      { pageCode: fc.nat({ max: 0x3f }), subpageCode: u8, disableSave: fc.boolean(), parameters: fc.array(parameter, { maxLength: 4 }) },
      { requiredKeys: ['pageCode', 'disableSave', 'parameters'] },
    );
    fc.assert(fc.property(page, ({ parameters, ...header }) => {
      const decoded = decodeLogPage(encodeLogPage({ ...header, data: encodeLogParameters(parameters) }));
      expect(decoded).toMatchObject(header);
      expect(decodeLogParameters(decoded.data)).toEqual(parameters);
    }));
  });
  it('the supported pages are a list of codes', () => {
    expect(decodeSupportedLogPages(fromHex('00000003000d2f'))).toEqual([0x00, 0x0d, 0x2f]);
    expect(() => decodeSupportedLogPages(fromHex('0d000000'))).toThrow(ScsiDataError);
  });
});
