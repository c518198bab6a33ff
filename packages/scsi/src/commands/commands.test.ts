import { describe, expect, it } from 'vitest';
import { MemoryDisk } from '../compliance/memory-disk.js';
import { ScsiDataError } from '../data-error.js';
import { CACHING_PAGE, CONTROL_PAGE } from '../data/mode/pages.js';
import { encodeSense } from '../sense/encode-sense.js';
import { SENSE_CONDITION } from '../sense/sense-condition.js';
import { hex } from '../testing/arbitraries.js';
import { RECORDED } from '../testing/recorded.js';
import { ScriptedUnit, type ScriptStep } from '../testing/scripted-unit.js';
import { compareAndWrite, preFetch, synchronizeCache, unmap, verify, writeAndVerify, writeSame } from './blocks.js';
import { getLbaStatus, readCapacity } from './capacity.js';
import { readToc } from './cd.js';
import { extendedCopy, receiveCopyOperatingParameters, receiveCopyStatus } from './copy.js';
import { blockLimits, deviceIdentification, inquiry, supportedVpdPages, unitSerialNumber, vpd } from './inquiry.js';
import {
  logSense, reportSupportedOperationCode, reportSupportedOperationCodes, reportSupportedTaskManagementFunctions, reportTargetPortGroups,
  setTargetPortGroups,
} from './management.js';
import { changeModePage, modePage, modeSelect, modeSense } from './mode.js';
import { persistentReserveIn, persistentReserveOut } from './persistent-reserve.js';
import {
  formatUnit, preventAllowMediumRemoval, releaseUnit, reportLuns, requestSense, reserveUnit, selfTest, startStopUnit,
} from './unit.js';

const invalidOpcode = hex(encodeSense(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE));

/** Runs a command against a script and checks that it took every step. */
async function scripted<T>(steps: ScriptStep[], run: (lu: ScriptedUnit) => Promise<T>): Promise<T> {
  const lu = new ScriptedUnit(...steps);
  const result = await run(lu);
  lu.done();
  return result;
}

describe('on a disk', () => {
  it('INQUIRY, REPORT LUNS, REQUEST SENSE and READ CAPACITY', async () => {
    const disk = new MemoryDisk();
    expect(await inquiry(disk)).toMatchObject({ vendorIdentification: 'SCST', productIdentification: 'memory disk' });
    expect((await reportLuns(disk)).luns).toHaveLength(1);
    expect(await requestSense(disk)).toMatchObject(SENSE_CONDITION.NO_SENSE);
    disk.raiseUnitAttention(SENSE_CONDITION.CAPACITY_DATA_HAS_CHANGED);
    expect(await requestSense(disk)).toMatchObject(SENSE_CONDITION.CAPACITY_DATA_HAS_CHANGED);
    expect(await readCapacity(disk)).toMatchObject({ lastLba: 2047n, blockCount: 2048n, blockLength: 512 });
    await synchronizeCache(disk);
  });
});

describe('READ CAPACITY', () => {
  const rc16 = '9e10 0000000000000000 00000020 0000';
  it('falls back to the 10-byte command', async () => {
    const capacity = await scripted([{ cdb: rc16, sense: invalidOpcode }, { cdb: '25000000000000000000', in: RECORDED.readCapacity10 }], readCapacity);
    expect(capacity).toMatchObject({ lastLba: 2047n, blockCount: 2048n, blockLength: 512, provisioningManagementEnabled: false });
  });
  it('an empty medium has no blocks', async () => {
    expect((await scripted([{ cdb: rc16, in: `${'ff'.repeat(8)}00000200${'00'.repeat(20)}` }], readCapacity)).blockCount).toBe(0n);
  });
  it('no medium is no reason to fall back', async () => {
    const noMedium = hex(encodeSense(SENSE_CONDITION.MEDIUM_NOT_PRESENT));
    await expect(scripted([{ cdb: rc16, sense: noMedium }], readCapacity)).rejects.toThrow(/MEDIUM NOT PRESENT \(2\/3A\/00\)/);
  });
});

describe('VPD', () => {
  it('asks again when the page is longer than the first buffer, and not when the device is out of bytes', async () => {
    const page = `00830200${'00'.repeat(0x200)}`;
    expect(await scripted([{ cdb: '12018300ff00', in: page }, { cdb: '120183020400', in: page }], (lu) => vpd(lu, 0x83))).toHaveLength(0x204);
    expect(await scripted([{ cdb: '12018300ff00', in: '008302000000' }], (lu) => vpd(lu, 0x83))).toHaveLength(6);
  });
  it('takes pages apart', async () => {
    expect(await scripted([{ cdb: '12010000ff00', in: '0000000600808386b0b1' }], supportedVpdPages)).toContain(0xb0);
    expect(await scripted([{ cdb: '12018000ff00', in: '008000086162356632353435' }], unitSerialNumber)).toBe('ab5f2545');
    expect(await scripted([{ cdb: '12018300ff00', in: '0083000801140004000000ff' }], deviceIdentification)).toEqual([
      { association: 1, codeSet: 1, type: 'relative-target-port', relativeTargetPort: 0xff },
    ]);
    expect(await scripted([{ cdb: '1201b000ff00', in: '00b0003c01ff' }], blockLimits)).toMatchObject({ maximumCompareAndWriteLength: 255 });
  });
  it('another page in the answer is an error', async () => {
    await expect(scripted([{ cdb: '1201b000ff00', in: '00830000' }], blockLimits)).rejects.toThrow(ScsiDataError);
  });
});

describe('mode pages', () => {
  const caching = `881204${'00'.repeat(17)}`;
  it('MODE SENSE of both forms', async () => {
    const six = await scripted([{ cdb: '1a003f00ff00', in: `17000000${caching}` }], (lu) => modeSense(lu, { cdbLength: 6 }));
    expect(six.pages).toHaveLength(1);
    const ten = await scripted([{ cdb: '5a00480000000004 00 00'.replaceAll(' ', ''), in: `001a 1090 00000000 ${caching}`.replaceAll(' ', '') }], (lu) =>
      modeSense(lu, { pageCode: 8, pageControl: 1 }));
    expect(ten).toMatchObject({ mediumType: 0x10, deviceSpecificParameter: 0x90 });
  });
  it('one page, changed and sent back without PS', async () => {
    const sense = { cdb: '5a080800000000040000', in: `001a000000000000${caching}` };
    expect((await scripted([sense], (lu) => modePage(lu, CACHING_PAGE))).writebackCacheEnable).toBe(true);
    const select = { cdb: '551100000000 00001c00', out: `0000000000000000 081200${'00'.repeat(17)}` };
    await scripted([sense, select], (lu) => changeModePage(lu, CACHING_PAGE, { writebackCacheEnable: false }, { savePages: true }));
  });
  it('an answer without the page is an error', async () => {
    await expect(scripted([{ cdb: '5a080a00000000040000', in: `001a000000000000${caching}` }], (lu) => modePage(lu, CONTROL_PAGE))).rejects.toThrow(/Control mode page/);
  });
  it('MODE SELECT(6)', async () => {
    await scripted([{ cdb: '151000001000', out: '00000000 0a0a00000000000000000000' }], (lu) =>
      modeSelect(lu, { pages: [CONTROL_PAGE.encode({})], cdbLength: 6 }));
  });
});

describe('blocks', () => {
  it('VERIFY with and without data', async () => {
    await scripted([{ cdb: '2f000000000100000200' }], (lu) => verify(lu, { lba: 1, blocks: 2 }));
    await scripted([{ cdb: '8f02 0000000100000000 00000001 0000', out: 'aabb' }], (lu) => verify(lu, { lba: 2n ** 32n, blocks: 1, data: Uint8Array.of(0xaa, 0xbb) }));
  });
  it('WRITE AND VERIFY, SYNCHRONIZE CACHE, PRE-FETCH', async () => {
    await scripted([{ cdb: '2e02000000050000 0100', out: 'aabb' }], (lu) => writeAndVerify(lu, { lba: 5, blockLength: 2, data: Uint8Array.of(0xaa, 0xbb), bytchk: 1 }));
    await scripted([{ cdb: '35020000000000000000' }], (lu) => synchronizeCache(lu, { immediate: true }));
    await scripted([{ cdb: '9100 0000000000000000 00010000 0000' }], (lu) => synchronizeCache(lu, { blocks: 0x10000 }));
    await scripted([{ cdb: '34000000000100000200', status: 4 }], (lu) => preFetch(lu, { lba: 1, blocks: 2 }));
  });
  it('WRITE SAME of both forms, and without data', async () => {
    await scripted([{ cdb: '41080000000100000200', out: 'aabb' }], (lu) => writeSame(lu, { lba: 1, blocks: 2, data: Uint8Array.of(0xaa, 0xbb), unmap: true }));
    await scripted([{ cdb: '9309 0000000000000001 00000002 0000' }], (lu) => writeSame(lu, { lba: 1, blocks: 2, unmap: true }));
  });
  it('UNMAP and GET LBA STATUS', async () => {
    await scripted([{ cdb: '42000000000000001800', out: '00160010 00000000 0000000000000001 00000002 00000000' }], (lu) =>
      unmap(lu, { ranges: [{ lba: 1, numberOfLogicalBlocks: 2 }] }));
    const status = await scripted([{ cdb: '9e12 0000000000000007 00000018 0000', in: '00000014 00000000 0000000000000007 00000009 01000000'.replaceAll(' ', '') }], (lu) =>
      getLbaStatus(lu, { lba: 7, descriptors: 1 }));
    expect(status.descriptors).toEqual([{ lba: 7n, numberOfLogicalBlocks: 9, provisioningStatus: 1, additionalStatus: 0 }]);
  });
  it('COMPARE AND WRITE answers whether it wrote', async () => {
    const options = { lba: 1, blockLength: 2, compare: Uint8Array.of(1, 2), write: Uint8Array.of(3, 4) };
    const step = { cdb: '8900 0000000000000001 000000 01 0000', out: '01020304' };
    expect(await scripted([step], (lu) => compareAndWrite(lu, options))).toEqual({ written: true });
    const miscompare = { ...SENSE_CONDITION.MISCOMPARE_DURING_VERIFY_OPERATION };
    const told = hex(encodeSense({ ...miscompare, information: 1n }));
    expect(await scripted([{ ...step, sense: told }], (lu) => compareAndWrite(lu, options))).toEqual({ written: false, miscompareOffset: 1 });
    expect(await scripted([{ ...step, sense: hex(encodeSense(miscompare)) }], (lu) => compareAndWrite(lu, options))).toEqual({ written: false });
    await expect(scripted([{ ...step, sense: invalidOpcode }], (lu) => compareAndWrite(lu, options))).rejects.toThrow(/INVALID COMMAND OPERATION CODE/);
    await expect(compareAndWrite(new ScriptedUnit(), { ...options, write: new Uint8Array(4) })).rejects.toThrow(ScsiDataError);
    await expect(compareAndWrite(new ScriptedUnit(), { ...options, blockLength: 4 })).rejects.toThrow(ScsiDataError);
  });
});

describe('persistent reservations', () => {
  const key = 0x1111111111111111n;
  const keys = '1111111111111111' + '0000000000000000';
  it('IN', async () => {
    expect((await scripted([{ cdb: '5e000000000000100000', in: RECORDED.readKeys }], persistentReserveIn.readKeys)).keys).toHaveLength(2);
    expect((await scripted([{ cdb: '5e010000000000100000', in: RECORDED.readReservation }], persistentReserveIn.readReservation)).reservation?.key).toBe(key);
    expect((await scripted([{ cdb: '5e020000000000 00ff00', in: RECORDED.reportCapabilities }], persistentReserveIn.reportCapabilities)).allowCommands).toBe(4);
    expect((await scripted([{ cdb: '5e030000000000100000', in: RECORDED.readFullStatus }], persistentReserveIn.readFullStatus)).registrations).toHaveLength(3);
  });
  it('OUT', async () => {
    const tail = '0000000000000000';
    await scripted([{ cdb: '5f000000000000001800', out: '00000000000000001111111111111111 0000000001000000' }], (lu) =>
      persistentReserveOut.register(lu, { serviceActionKey: key, activatePersistThroughPowerLoss: true }));
    await scripted([{ cdb: '5f060000000000001800', out: '00000000000000001111111111111111 0000000004000000' }], (lu) =>
      persistentReserveOut.registerAndIgnoreExistingKey(lu, { serviceActionKey: key, allTargetPorts: true }));
    await scripted([{ cdb: '5f010500000000001800', out: keys + tail }], (lu) => persistentReserveOut.reserve(lu, { key, type: 5 }));
    await scripted([{ cdb: '5f020500000000001800', out: keys + tail }], (lu) => persistentReserveOut.release(lu, { key, type: 5 }));
    await scripted([{ cdb: '5f030000000000001800', out: keys + tail }], (lu) => persistentReserveOut.clear(lu, { key }));
    const preempting = { cdb: '5f040100000000001800', out: `11111111111111110000000000000002${tail}` };
    await scripted([preempting], (lu) => persistentReserveOut.preempt(lu, { key, serviceActionKey: 2n, type: 1 }));
    await scripted([{ ...preempting, cdb: '5f050100000000001800' }], (lu) => persistentReserveOut.preempt(lu, { key, serviceActionKey: 2n, type: 1, abort: true }));
    await scripted([{ cdb: '5f070100000000003000', out: RECORDED.registerAndMove }], (lu) =>
      persistentReserveOut.registerAndMove(lu, {
        key, serviceActionKey: 0x2222222222222222n, relativeTargetPort: 1, type: 1, transportId: { protocol: 'sas', sasAddress: 0x5feede402fade050n },
      }));
  });
  it('a conflict is a ScsiError of its own code', async () => {
    const conflict = scripted([{ cdb: '5f030000000000001800', out: keys + '0000000000000000', status: 0x18 }], (lu) => persistentReserveOut.clear(lu, { key }));
    await expect(conflict).rejects.toThrow(expect.objectContaining({ code: 'RESERVATION_CONFLICT', message: 'PERSISTENT RESERVE OUT (CLEAR): RESERVATION CONFLICT' }) as Error);
  });
});

describe('management', () => {
  it('target port groups', async () => {
    const report = await scripted([{ cdb: 'a30a00000000000004000000', in: RECORDED.targetPortGroups }], reportTargetPortGroups);
    expect(report.groups).toHaveLength(2);
    const extended = await scripted([{ cdb: 'a32a00000000000004000000', in: RECORDED.targetPortGroupsExtended }], (lu) => reportTargetPortGroups(lu, { extended: true }));
    expect(extended.implicitTransitionTime).toBe(0);
    await scripted([{ cdb: 'a40a00000000000000080000', out: '0000000002000005' }], (lu) => setTargetPortGroups(lu, [{ state: 2, targetPortGroup: 5 }]));
  });
  it('supported operation codes and task management functions', async () => {
    expect(await scripted([{ cdb: 'a30c80000000000020000000', in: RECORDED.supportedCommandsWithTimeouts }], (lu) => reportSupportedOperationCodes(lu, { timeouts: true }))).toHaveLength(45);
    expect((await scripted([{ cdb: 'a30c01280000000002000000', in: RECORDED.oneCommand }], (lu) => reportSupportedOperationCode(lu, { opcode: 0x28 }))).support).toBe(3);
    expect((await scripted([{ cdb: 'a30c029e0010000002000000', in: '00010000' }], (lu) => reportSupportedOperationCode(lu, { opcode: 0x9e, serviceAction: 0x10 }))).support).toBe(1);
    expect((await scripted([{ cdb: 'a30d80000000000000100000', in: RECORDED.taskManagementFunctions }], reportSupportedTaskManagementFunctions)).timeouts?.shortTimeout).toBe(150);
  });
  it('LOG SENSE', async () => {
    const page = await scripted([{ cdb: '4d00400000000010 00 00'.replaceAll(' ', ''), in: '000000020d2f' }], (lu) => logSense(lu, { pageCode: 0 }));
    expect([...page.data]).toEqual([0x0d, 0x2f]);
  });
});

describe('the unit', () => {
  it('START STOP UNIT, PREVENT ALLOW MEDIUM REMOVAL, SEND DIAGNOSTIC, RESERVE, RELEASE, FORMAT UNIT', async () => {
    await scripted([{ cdb: '1b0100000200' }], (lu) => startStopUnit(lu, { start: false, loadEject: true, immediate: true }));
    await scripted([{ cdb: '1e0000000100' }, { cdb: '1e0000000000' }], async (lu) => {
      await preventAllowMediumRemoval(lu, true);
      await preventAllowMediumRemoval(lu, false);
    });
    await scripted([{ cdb: '1d0400000000' }], selfTest);
    await scripted([{ cdb: '160000000000' }, { cdb: '170000000000' }], async (lu) => {
      await reserveUnit(lu);
      await releaseUnit(lu);
    });
    await scripted([{ cdb: '040000000000' }], formatUnit);
    await scripted([{ cdb: '041000000000', out: '00000000' }], (lu) => formatUnit(lu, { parameterList: new Uint8Array(4) }));
  });
  it('REQUEST SENSE and REPORT LUNS with their options', async () => {
    await scripted([{ cdb: '03010000fc00', in: '7200000000000000' }], (lu) => requestSense(lu, { descriptorFormat: true }));
    expect((await scripted([{ cdb: 'a00002000000000010000000', in: RECORDED.reportLuns }], (lu) => reportLuns(lu, { selectReport: 2 }))).luns).toHaveLength(8);
  });
});

describe('copy and CD', () => {
  it('EXTENDED COPY and RECEIVE COPY RESULTS', async () => {
    await scripted([{ cdb: '8300 00000000000000000000001000 00'.replaceAll(' ', ''), out: '00000000000000000000000000000000' }], (lu) => extendedCopy(lu, { targets: [], segments: [] }));
    expect((await scripted([{ cdb: '84030000000000000000000002000000', in: RECORDED.copyOperatingParameters }], receiveCopyOperatingParameters)).implementedDescriptors).toEqual([2, 0xe4]);
    expect((await scripted([{ cdb: '8400070000000000000000 00000c0000'.replaceAll(' ', ''), in: '000000080100050000000010' }], (lu) => receiveCopyStatus(lu, 7))).segmentsProcessed).toBe(5);
  });
  it('READ TOC', async () => {
    expect((await scripted([{ cdb: '43000000000000032400', in: RECORDED.toc }], readToc)).tracks).toHaveLength(2);
    const noMedium = hex(encodeSense(SENSE_CONDITION.MEDIUM_NOT_PRESENT));
    await expect(scripted([{ cdb: '43000000000000032400', sense: noMedium }], readToc)).rejects.toThrow(/^READ TOC\/PMA\/ATIP: CHECK CONDITION, NOT READY/);
  });
});
