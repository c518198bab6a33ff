import { encodeLun, encodeSense, SENSE_CONDITION } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { logoutRequest, nopOut, snackRequest, TASK_MANAGEMENT, taskManagementRequest } from '../pdu/initiator-pdus.js';
import { NO_TAG } from '../pdu/opcode.js';
import { asyncMessage, LOGOUT_RESPONSE, logoutResponse, nopIn, reject, REJECT_REASON, TASK_MANAGEMENT_RESPONSE, taskManagementResponse } from '../pdu/target-pdus.js';
import { decodeText } from '../pdu/text.js';
import { Fixture, NOTHING_LEFT } from '../testing/fixture.js';
import { cdbOf, READ, WRITE } from '../testing/memory-nexus.js';
import { INITIATOR_NAME, TARGET_NAME, type TestInitiator } from '../testing/test-initiator.js';

const read = (initiator: TestInitiator): number => initiator.command(cdbOf(READ, 0, 1), { read: 512 });

describe('CmdSN', () => {
  it('outside of the window is passed over in silence, and the window moves as commands end', async () => {
    const fixture = new Fixture({ target: { parameters: { queuedCommands: 4 } } });
    const initiator = await fixture.loggedIn();
    fixture.nexus.holds = true;
    for (let index = 0; index < 4; index++) read(initiator);
    initiator.command(cdbOf(READ, 0, 1), { read: 512 });
    initiator.command(cdbOf(READ, 0, 1), { read: 512, cmdSn: 0 });
    expect(fixture.nexus.held.length).toBe(4);
    fixture.nexus.release();
    await fixture.environment.settle();
    expect(initiator.take('SCSI Data-In').map(({ values }) => [values['expCmdSn'], values['maxCmdSn']])).toEqual([[5, 5], [5, 6], [5, 7], [5, 8]]);
  });

  it('ahead of its turn waits, on whatever connection it comes', async () => {
    const fixture = new Fixture({ target: { parameters: { maxConnections: 2 } } });
    const first = await fixture.loggedIn([['MaxConnections', '2']]);
    const second = fixture.connect();
    Object.assign(second, { tsih: first.tsih, cid: 2, tag: 100 });
    await second.logIn();
    expect(fixture.left).toMatchObject({ sessions: 1, connections: 2 });
    second.command(cdbOf(READ, 0, 1), { read: 512, cmdSn: 2 });
    second.command(cdbOf(WRITE, 1, 1), { write: 512, data: new Uint8Array(512).fill(5), cmdSn: 3 });
    expect(fixture.nexus.submitted).toBe(0);
    first.command(cdbOf(READ, 0, 1), { read: 512, cmdSn: 1 });
    await fixture.environment.settle();
    expect(fixture.nexus.submitted).toBe(3);
    expect(second.take('SCSI Data-In').length).toBe(1);
    expect(second.take('SCSI Response').length).toBe(1);
    expect(first.take('SCSI Data-In').length).toBe(1);
  });

  it('wraps around', async () => {
    const fixture = new Fixture();
    const initiator = fixture.connect();
    initiator.cmdSn = 0xffff_fffe;
    await initiator.logIn();
    for (let index = 0; index < 5; index++) read(initiator);
    expect(initiator.take('SCSI Data-In').at(-1)?.values).toMatchObject({ expCmdSn: 3, maxCmdSn: 0x82 });
  });

  it('of immediate commands does not count, and their number is bounded', async () => {
    const fixture = new Fixture({ limits: { immediateCommands: 2 } });
    const initiator = await fixture.loggedIn();
    fixture.nexus.holds = true;
    for (let index = 0; index < 3; index++) initiator.command(cdbOf(READ, 0, 1), { read: 512, immediate: true });
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.TOO_MANY_IMMEDIATE);
    fixture.nexus.release();
    expect(fixture.engine.sessions[0]?.commands).toBe(0);
  });
});

describe('a command is rejected', () => {
  it.each([
    ['whose tag is in use', { read: 512, initiatorTaskTag: 1 }, REJECT_REASON.TASK_IN_PROGRESS],
    ['without a tag', { read: 512, initiatorTaskTag: NO_TAG }, REJECT_REASON.INVALID_PDU_FIELD],
    ['of an attribute that is none', { read: 512, attribute: 5 }, REJECT_REASON.INVALID_PDU_FIELD],
    ['with data that does not write', { read: 512, data: new Uint8Array(8) }, REJECT_REASON.PROTOCOL_ERROR],
    ['with more data than expected', { write: 4, data: new Uint8Array(8) }, REJECT_REASON.PROTOCOL_ERROR],
    ['with more data than a first burst', { write: 2048, data: new Uint8Array(1025) }, REJECT_REASON.PROTOCOL_ERROR],
    ['that reads and is not final', { read: 512, final: false }, REJECT_REASON.PROTOCOL_ERROR],
  ])('%s', async (_what, input, reason) => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['FirstBurstLength', '1024']]);
    fixture.nexus.holds = true;
    read(initiator);
    initiator.command(cdbOf(READ, 0, 1), input);
    const rejected = initiator.one(reject);
    expect(rejected).toMatchObject({ reason, initiatorTaskTag: NO_TAG, expCmdSn: 3, maxCmdSn: 129 });
    expect(rejected.data.length).toBe(48);
    expect(rejected.data[0]).toBe(1);
    fixture.nexus.release();
    read(initiator);
    fixture.nexus.release();
    await fixture.environment.settle();
    expect(initiator.take('SCSI Data-In').length).toBe(2);
  });
});

describe('NOP', () => {
  it('comes back with its data, as much as fits', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['MaxRecvDataSegmentLength', '512']]);
    const data = new Uint8Array(600).fill(9);
    initiator.send(nopOut.encode({ final: true, immediate: true, initiatorTaskTag: 5, targetTransferTag: NO_TAG, cmdSn: 1 }), data);
    const answer = initiator.one(nopIn);
    expect(answer).toMatchObject({ initiatorTaskTag: 5, targetTransferTag: NO_TAG, statSn: 2, expCmdSn: 1 });
    expect(answer.data).toEqual(data.subarray(0, 512));
    initiator.send(nopOut.encode({ final: true, initiatorTaskTag: 6, targetTransferTag: NO_TAG, cmdSn: 1 }));
    expect(initiator.one(nopIn)).toMatchObject({ expCmdSn: 2, maxCmdSn: 129, statSn: 3 });
  });

  it('asks a quiet initiator whether it lives, and drops it if not', async () => {
    const fixture = new Fixture({ target: { parameters: { nopInInterval: 10, nopInTimeout: 5 } } });
    const initiator = await fixture.loggedIn();
    await fixture.environment.pass(11_000);
    const ping = initiator.one(nopIn);
    expect(ping).toMatchObject({ initiatorTaskTag: NO_TAG, statSn: 2 });
    initiator.send(nopOut.encode({ final: true, immediate: true, initiatorTaskTag: NO_TAG, targetTransferTag: ping.targetTransferTag, cmdSn: 1 }));
    await fixture.environment.pass(7000);
    expect(fixture.left.sessions).toBe(1);
    expect(initiator.take('Reject')).toEqual([]);
    await fixture.environment.pass(10_000);
    expect(fixture.left).toEqual(NOTHING_LEFT);
    expect(fixture.events.at(-2)?.message).toBe('NOP-In was not answered within 5 s');
  });

  it('that answers no ping of ours is rejected', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    initiator.send(nopOut.encode({ final: true, immediate: true, initiatorTaskTag: NO_TAG, targetTransferTag: 99, cmdSn: 1 }));
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.INVALID_PDU_FIELD);
  });
});

describe('task management', () => {
  const manage = async (initiator: TestInitiator, code: number, values: object = {}): Promise<number> => {
    initiator.send(taskManagementRequest.encode({ immediate: true, final: true, function: code, lun: encodeLun(0), initiatorTaskTag: 0x5000, referencedTaskTag: NO_TAG, cmdSn: initiator.cmdSn, ...values }));
    await initiator.environment.settle();
    return initiator.one(taskManagementResponse).response;
  };

  it('aborts a task at work, and one that waits for its data', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['ImmediateData', 'No']]);
    fixture.nexus.holds = true;
    const atWork = read(initiator);
    const collecting = initiator.command(cdbOf(WRITE, 0, 1), { write: 512 });
    const targetTransferTag = initiator.take('R2T')[0]?.values['targetTransferTag'] as number;
    expect(await manage(initiator, TASK_MANAGEMENT.ABORT_TASK, { referencedTaskTag: atWork })).toBe(TASK_MANAGEMENT_RESPONSE.COMPLETE);
    expect(await manage(initiator, TASK_MANAGEMENT.ABORT_TASK, { referencedTaskTag: collecting })).toBe(TASK_MANAGEMENT_RESPONSE.COMPLETE);
    initiator.dataOut(collecting, new Uint8Array(512), { targetTransferTag });
    await fixture.environment.settle();
    expect(initiator.received).toEqual([]);
    expect(fixture.left).toMatchObject({ commands: 0, memory: 0 });
    expect(await manage(initiator, TASK_MANAGEMENT.ABORT_TASK, { referencedTaskTag: atWork })).toBe(TASK_MANAGEMENT_RESPONSE.NO_SUCH_TASK);
  });

  it('aborts a task that has not come yet', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    const { cmdSn } = initiator;
    expect(await manage(initiator, TASK_MANAGEMENT.ABORT_TASK, { referencedTaskTag: 50, refCmdSn: cmdSn, cmdSn: cmdSn + 1 })).toBe(TASK_MANAGEMENT_RESPONSE.COMPLETE);
    read(initiator);
    read(initiator);
    expect(initiator.take('SCSI Data-In').length).toBe(1);
  });

  it('takes no task of another LUN', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    fixture.nexus.holds = true;
    const tag = read(initiator);
    expect(await manage(initiator, TASK_MANAGEMENT.ABORT_TASK, { referencedTaskTag: tag, lun: encodeLun(1) })).toBe(TASK_MANAGEMENT_RESPONSE.NO_SUCH_TASK);
    fixture.nexus.release();
  });

  it.each([
    [TASK_MANAGEMENT.ABORT_TASK_SET, 'abort-task-set'],
    [TASK_MANAGEMENT.CLEAR_TASK_SET, 'clear-task-set'],
    [TASK_MANAGEMENT.LOGICAL_UNIT_RESET, 'lun-reset'],
    [TASK_MANAGEMENT.TARGET_WARM_RESET, 'target-reset'],
  ])('hands function %s to the nexus, and answers after the tasks it met', async (code, name) => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn([['ImmediateData', 'No']]);
    fixture.nexus.holds = true;
    read(initiator);
    initiator.command(cdbOf(WRITE, 0, 1), { write: 512 });
    initiator.take('R2T');
    expect(await manage(initiator, code)).toBe(TASK_MANAGEMENT_RESPONSE.COMPLETE);
    expect(fixture.nexus.managed).toEqual([`${name} 0`]);
    expect(fixture.left).toMatchObject({ commands: 0, memory: 0 });
    expect(initiator.received).toEqual([]);
  });

  it('says what cannot be done', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    expect(await manage(initiator, TASK_MANAGEMENT.TASK_REASSIGN)).toBe(TASK_MANAGEMENT_RESPONSE.REASSIGNMENT_NOT_SUPPORTED);
    expect(await manage(initiator, 99)).toBe(TASK_MANAGEMENT_RESPONSE.NOT_SUPPORTED);
    fixture.nexus.outcome = 'no-such-lun';
    expect(await manage(initiator, TASK_MANAGEMENT.LOGICAL_UNIT_RESET)).toBe(TASK_MANAGEMENT_RESPONSE.NO_SUCH_LUN);
    fixture.nexus.outcome = 'no-answer';
    await expect(manage(initiator, TASK_MANAGEMENT.LOGICAL_UNIT_RESET)).rejects.toThrow('0 Task Management');
  });

  it('drops all sessions after a cold reset', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    expect(await manage(initiator, TASK_MANAGEMENT.TARGET_COLD_RESET)).toBe(TASK_MANAGEMENT_RESPONSE.COMPLETE);
    await fixture.environment.settle();
    expect(fixture.left).toEqual(NOTHING_LEFT);
  });
});

describe('logout', () => {
  const logout = (initiator: TestInitiator, reason: number, cid = initiator.cid): void => {
    initiator.send(logoutRequest.encode({ immediate: true, final: true, reason, cid, initiatorTaskTag: 0x6000, cmdSn: initiator.cmdSn }));
  };

  it('of the session leaves nothing', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    fixture.nexus.holds = true;
    read(initiator);
    logout(initiator, 0);
    expect(initiator.one(logoutResponse)).toMatchObject({ response: LOGOUT_RESPONSE.CLOSED, time2Wait: 2, time2Retain: 0 });
    await fixture.environment.settle();
    expect(initiator.isEnded).toBe(true);
    expect(fixture.left).toEqual(NOTHING_LEFT);
  });

  it('of one connection leaves the other', async () => {
    const fixture = new Fixture({ target: { parameters: { maxConnections: 2 } } });
    const first = await fixture.loggedIn([['MaxConnections', '2']]);
    const second = fixture.connect();
    Object.assign(second, { tsih: first.tsih, cid: 2, tag: 100 });
    await second.logIn();
    const third = fixture.connect();
    Object.assign(third, { tsih: first.tsih, cid: 3 });
    await expect(third.logIn()).rejects.toThrow('206');
    logout(first, 1, 2);
    expect(first.one(logoutResponse).response).toBe(LOGOUT_RESPONSE.CLOSED);
    await fixture.environment.settle();
    expect(second.isEnded).toBe(true);
    expect(fixture.left).toMatchObject({ sessions: 1, connections: 1 });
    logout(first, 1, 9);
    expect(first.one(logoutResponse).response).toBe(LOGOUT_RESPONSE.NO_SUCH_CID);
    logout(first, 2);
    expect(first.one(logoutResponse).response).toBe(LOGOUT_RESPONSE.RECOVERY_NOT_SUPPORTED);
    logout(first, 1, 1);
    await fixture.environment.settle();
    expect(fixture.left).toEqual(NOTHING_LEFT);
  });

  it('reinstates a connection of the same CID', async () => {
    const fixture = new Fixture();
    const first = await fixture.loggedIn();
    const again = fixture.connect();
    again.tsih = first.tsih;
    await again.logIn();
    await fixture.environment.settle();
    expect(first.isEnded).toBe(true);
    expect(fixture.left).toMatchObject({ sessions: 1, connections: 1 });
    again.cmdSn = first.cmdSn;
    read(again);
    expect(again.take('SCSI Data-In').length).toBe(1);
  });
});

describe('discovery', () => {
  const discover = async (fixture: Fixture): Promise<TestInitiator> => {
    const initiator = fixture.connect();
    await initiator.logIn([['MaxRecvDataSegmentLength', '512']], [['InitiatorName', INITIATOR_NAME], ['SessionType', 'Discovery']]);
    return initiator;
  };

  it('tells of targets and their portals', async () => {
    const portals = [{ address: '192.0.2.1', port: 3260 }, { address: 'fd00::1', port: 3261, portalGroupTag: 2 }];
    const initiator = await discover(new Fixture({ host: { discover: () => [{ targetName: TARGET_NAME, portals }, { targetName: 'iqn.b' }] } }));
    expect(decodeText((await initiator.text([['SendTargets', 'All']])).data)).toEqual([
      ['TargetName', TARGET_NAME], ['TargetAddress', '192.0.2.1:3260,1'], ['TargetAddress', '[fd00::1]:3261,2'], ['TargetName', 'iqn.b'], ['TargetAddress', '127.0.0.1:3260,1'],
    ]);
    expect(decodeText((await initiator.text([['SendTargets', 'iqn.b']])).data)[0]).toEqual(['TargetName', 'iqn.b']);
    expect((await initiator.text([['SendTargets', 'iqn.c']])).data.length).toBe(0);
    expect(decodeText((await initiator.text([['SendTargets', '']])).data)).toEqual([['SendTargets', 'Reject']]);
  });

  it('goes on over as many responses as it takes', async () => {
    const targets = Array.from({ length: 100 }, (_, index) => ({ targetName: `iqn.2026-11.com.example:disk${index}` }));
    const initiator = await discover(new Fixture({ host: { discover: () => targets } }));
    const parts: Uint8Array[] = [];
    let part = await initiator.text([['SendTargets', 'All']]);
    for (;;) {
      parts.push(part.data);
      expect(part.data.length).toBeLessThanOrEqual(512);
      if (part.final) break;
      expect(part.continue).toBe(true);
      part = await initiator.text([], { targetTransferTag: part.targetTransferTag });
    }
    expect(part.targetTransferTag).toBe(NO_TAG);
    expect(decodeText(Buffer.concat(parts)).filter(([key]) => key === 'TargetName').map(([, value]) => value)).toEqual(targets.map(({ targetName }) => targetName));
  });

  it('executes no command, and takes requests in parts', async () => {
    const fixture = new Fixture();
    const initiator = await discover(fixture);
    read(initiator);
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.COMMAND_NOT_SUPPORTED);
    const first = await initiator.text(Buffer.from('SendTar'), { final: false, continue: true });
    expect(first).toMatchObject({ final: false, continue: false });
    const last = await initiator.text(Buffer.from('gets=All\0'), { targetTransferTag: first.targetTransferTag });
    expect(decodeText(last.data)[0]).toEqual(['TargetName', TARGET_NAME]);
  });

  it('of a normal session is of its own target alone', async () => {
    const initiator = await new Fixture({ host: { discover: () => [{ targetName: TARGET_NAME }, { targetName: 'iqn.b' }] } }).loggedIn();
    expect(decodeText((await initiator.text([['SendTargets', 'All']])).data)).toEqual([['SendTargets', 'Reject']]);
    expect(decodeText((await initiator.text([['SendTargets', '']])).data)[0]).toEqual(['TargetName', TARGET_NAME]);
    expect((await initiator.text([['SendTargets', 'iqn.b']])).data.length).toBe(0);
    expect(decodeText((await initiator.text([['MaxBurstLength', '512'], ['X-none', '1']])).data)).toEqual([['MaxBurstLength', 'Reject'], ['X-none', 'NotUnderstood']]);
    await initiator.text([['MaxRecvDataSegmentLength', '1024']]);
    initiator.command(cdbOf(READ, 0, 4), { read: 2048 });
    expect(initiator.take('SCSI Data-In').map(({ data }) => data.length)).toEqual([1024, 1024]);
  });
});

describe('the target speaks up', () => {
  it('of changed LUNs', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    const sense = encodeSense(SENSE_CONDITION.REPORTED_LUNS_DATA_HAS_CHANGED);
    fixture.opened[0]?.sendEvent(3, sense);
    await fixture.environment.settle();
    const message = initiator.one(asyncMessage);
    expect(message).toMatchObject({ event: 0, initiatorTaskTag: NO_TAG, lun: encodeLun(3) });
    expect(message.data).toEqual(Uint8Array.of(0, sense.length, ...sense));
  });

  it('and asks to log out, and drops who does not', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    fixture.opened[0]?.requestLogout(10);
    await fixture.environment.settle();
    expect(initiator.one(asyncMessage)).toMatchObject({ event: 1, parameter3: 10 });
    await fixture.environment.pass(11_000);
    expect(initiator.one(asyncMessage)).toMatchObject({ event: 3 });
    expect(fixture.left).toEqual(NOTHING_LEFT);
  });

  it('and closes with everything', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    fixture.nexus.holds = true;
    read(initiator);
    fixture.connect();
    await fixture.engine.close();
    await fixture.environment.settle();
    expect(initiator.isEnded).toBe(true);
    expect(fixture.left).toEqual(NOTHING_LEFT);
    expect(fixture.environment.timers).toBe(0);
    expect(() => fixture.connect()).toThrow('refuses');
  });
});

describe('what else an initiator may send', () => {
  it('is rejected: SNACK, unknown opcodes, a login', async () => {
    const fixture = new Fixture();
    const initiator = await fixture.loggedIn();
    initiator.send(snackRequest.encode({ final: true }));
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.SNACK_REJECT);
    initiator.send(Uint8Array.from({ length: 48 }, (_, index) => (index === 0 ? 0x1c : 0)));
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.COMMAND_NOT_SUPPORTED);
    initiator.raw(initiator.loginPdu([]));
    expect(initiator.one(reject).reason).toBe(REJECT_REASON.COMMAND_NOT_SUPPORTED);
  });

  it('ends the connection: a segment longer than declared, a PDU that never ends, data that never comes', async () => {
    const long = new Fixture({ target: { parameters: { maxRecvDataSegmentLength: 1024 } } });
    const initiator = await long.loggedIn();
    initiator.send(nopOut.encode({ immediate: true, final: true, initiatorTaskTag: 1, targetTransferTag: NO_TAG }), new Uint8Array(1025));
    await long.environment.settle();
    expect(long.left).toEqual(NOTHING_LEFT);

    const slow = new Fixture({ limits: { pduTimeout: 10_000 }, target: { parameters: { nopInInterval: 0 } } });
    (await slow.loggedIn()).raw(new Uint8Array(20));
    await slow.environment.pass(15_000);
    expect(slow.left).toEqual(NOTHING_LEFT);

    const mean = new Fixture({ target: { parameters: { nopInInterval: 0, responseTimeout: 5 } } });
    (await mean.loggedIn([['ImmediateData', 'No']])).command(cdbOf(WRITE, 0, 1), { write: 512 });
    await mean.environment.pass(10_000);
    expect(mean.left).toEqual(NOTHING_LEFT);
    expect(mean.events.at(-2)?.message).toBe('data-out did not come within 5 s');
  });
});
