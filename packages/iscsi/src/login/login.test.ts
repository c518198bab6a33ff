import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChapAlgorithm, ChapAuthentication } from '../index.js';
import { Fixture, NOTHING_LEFT } from '../testing/fixture.js';
import { INITIATOR_NAME, TARGET_NAME, type TestInitiator } from '../testing/test-initiator.js';
import { STAGE } from '../pdu/initiator-pdus.js';
import { loginResponse } from '../pdu/target-pdus.js';
import { decodeText, type KeyValue } from '../pdu/text.js';
import { LOGIN_STATUS } from './status.js';

const NAMES: readonly KeyValue[] = [['InitiatorName', INITIATOR_NAME], ['TargetName', TARGET_NAME]];
const SECURITY = { currentStage: STAGE.SECURITY, nextStage: STAGE.OPERATIONAL };

describe('result functions (RFC 7143 13)', () => {
  const parameters = { maxConnections: 4, maxBurstLength: 65_536, firstBurstLength: 8192, maxOutstandingR2T: 4, initialR2T: true, immediateData: false, defaultTime2Wait: 5 };
  it.each([
    ['HeaderDigest', 'CRC32C,None', 'CRC32C'],
    ['HeaderDigest', 'None,CRC32C', 'None'],
    ['DataDigest', 'CRC32C', 'CRC32C'],
    ['DataDigest', 'MD5', 'Reject'],
    ['MaxConnections', '8', '4'],
    ['MaxConnections', '2', '2'],
    ['MaxConnections', '0', 'Reject'],
    ['InitialR2T', 'No', 'Yes'],
    ['ImmediateData', 'Yes', 'No'],
    ['ImmediateData', 'yes', 'Reject'],
    ['MaxBurstLength', '262144', '65536'],
    ['MaxBurstLength', '0x200', '512'],
    ['MaxBurstLength', '511', 'Reject'],
    ['FirstBurstLength', '16777216', 'Reject'],
    ['FirstBurstLength', '65536', '8192'],
    ['DefaultTime2Wait', '2', '5'],
    ['DefaultTime2Wait', '9', '9'],
    ['DefaultTime2Retain', '20', '0'],
    ['MaxOutstandingR2T', '1', '1'],
    ['DataPDUInOrder', 'No', 'Yes'],
    ['DataSequenceInOrder', 'No', 'Yes'],
    ['ErrorRecoveryLevel', '2', '0'],
    ['ErrorRecoveryLevel', '3', 'Reject'],
    ['TaskReporting', 'FastAbort,RFC3720', 'RFC3720'],
    ['iSCSIProtocolLevel', '2', '1'],
    ['IFMarker', 'Yes', 'No'],
    ['OFMarkInt', '1~2', 'Reject'],
    ['X-com.example.key', '1', 'NotUnderstood'],
  ])('%s=%s is answered with %s', async (key, offered, answer) => {
    const { status, keys } = await new Fixture({ target: { parameters } }).connect().login([...NAMES, [key, offered]]);
    expect(status).toBe(0);
    expect(keys.get(key)).toBe(answer);
  });

  it('declares its own in the first response, and MaxRecvDataSegmentLength once', async () => {
    const fixture = new Fixture({ target: { targetAlias: 'a disk', portalGroupTag: 7, parameters: { maxRecvDataSegmentLength: 65_536 } } });
    const { keys } = await fixture.connect().login([...NAMES, ['MaxRecvDataSegmentLength', '4096']]);
    expect([...keys]).toEqual([['TargetAlias', 'a disk'], ['TargetPortalGroupTag', '7'], ['MaxRecvDataSegmentLength', '65536']]);
    expect(fixture.engine.sessions[0]?.connections[0]?.maxXmitDataSegmentLength).toBe(4096);
  });

  it('ends a login without the digest that the target asks for', async () => {
    const target = { parameters: { headerDigest: ['CRC32C'] } } as const;
    expect((await new Fixture({ target }).connect().login([...NAMES, ['HeaderDigest', 'None']])).status).toBe(LOGIN_STATUS.INITIATOR_ERROR);
    expect((await new Fixture({ target }).connect().login(NAMES)).status).toBe(LOGIN_STATUS.INITIATOR_ERROR);
    expect((await new Fixture({ target }).connect().login([...NAMES, ['HeaderDigest', 'None,CRC32C']])).keys.get('HeaderDigest')).toBe('CRC32C');
  });

  it('bounds FirstBurstLength by MaxBurstLength', async () => {
    const fixture = new Fixture();
    await fixture.connect().login([...NAMES, ['MaxBurstLength', '1024'], ['FirstBurstLength', '65536']]);
    expect(fixture.opened[0]?.parameters).toMatchObject({ maxBurstLength: 1024, firstBurstLength: 1024 });
  });
});

describe('a login', () => {
  it('takes several rounds and stages, and texts in parts', async () => {
    const fixture = new Fixture();
    const initiator = fixture.connect();
    expect(await initiator.login([['InitiatorName', INITIATOR_NAME]], { ...SECURITY, transit: false, continue: true })).toMatchObject({ status: 0, transit: false });
    const second = await initiator.login([['TargetName', TARGET_NAME], ['AuthMethod', 'CHAP,None']], SECURITY);
    expect(second).toMatchObject({ status: 0, transit: true, currentStage: 0, nextStage: 1, tsih: 0 });
    expect(second.keys.get('AuthMethod')).toBe('None');
    expect(await initiator.login([['MaxBurstLength', '65536']], { transit: false })).toMatchObject({ status: 0, transit: false });
    const last = await initiator.login([]);
    expect(last).toMatchObject({ status: 0, transit: true, nextStage: 3, tsih: 1, expCmdSn: 1, maxCmdSn: 128 });
    expect(fixture.opened[0]).toMatchObject({ targetName: TARGET_NAME, isid: '400000000001', tsih: 1, parameters: { maxBurstLength: 65_536 } });
    expect(fixture.opened[0]?.transportId).toEqual({ protocol: 'iscsi', name: INITIATOR_NAME, isid: '400000000001' });
  });

  it('takes a key cut in the middle by C', async () => {
    const initiator = new Fixture().connect();
    const text = Buffer.from(NAMES.map(([key, value]) => `${key}=${value}\0`).join(''));
    const cut = 20;
    const header = (transit: boolean): Uint8Array => initiator.loginPdu([], { transit, continue: !transit }).subarray(0, 48);
    initiator.send(header(false), text.subarray(0, cut));
    await initiator.environment.settle();
    expect(initiator.one(loginResponse)).toMatchObject({ continue: false, transit: false, statusClass: 0 });
    initiator.send(header(true), text.subarray(cut));
    await initiator.environment.settle();
    expect(initiator.one(loginResponse)).toMatchObject({ transit: true, statusClass: 0 });
  });

  it('may go from security right into the full feature phase', async () => {
    const fixture = new Fixture();
    expect(await fixture.connect().login([...NAMES, ['AuthMethod', 'None']], { currentStage: 0, nextStage: 3 })).toMatchObject({ status: 0, transit: true });
    expect(fixture.engine.sessions.length).toBe(1);
  });

  it.each([
    ['a version too new', NAMES, { versionMin: 1, versionMax: 1 }, LOGIN_STATUS.UNSUPPORTED_VERSION],
    ['no InitiatorName', [['TargetName', TARGET_NAME]], {}, LOGIN_STATUS.MISSING_PARAMETER],
    ['no TargetName', [['InitiatorName', INITIATOR_NAME]], {}, LOGIN_STATUS.MISSING_PARAMETER],
    ['a name too long', [['InitiatorName', `iqn.${'x'.repeat(220)}`], ['TargetName', TARGET_NAME]], {}, LOGIN_STATUS.INITIATOR_ERROR],
    ['a name with a blank', [['InitiatorName', 'iqn. x'], ['TargetName', TARGET_NAME]], {}, LOGIN_STATUS.INITIATOR_ERROR],
    ['a name with a control sequence introducer', [['InitiatorName', 'iqn.\u009b2J'], ['TargetName', TARGET_NAME]], {}, LOGIN_STATUS.INITIATOR_ERROR],
    ['a name that is turned around', [['InitiatorName', 'iqn.\u202ex'], ['TargetName', TARGET_NAME]], {}, LOGIN_STATUS.INITIATOR_ERROR],
    ['an unknown target', [['InitiatorName', INITIATOR_NAME], ['TargetName', 'iqn.none']], {}, LOGIN_STATUS.NOT_FOUND],
    ['an unknown session type', [...NAMES, ['SessionType', 'Other']], {}, LOGIN_STATUS.SESSION_TYPE_NOT_SUPPORTED],
    ['a session that is not there', NAMES, { tsih: 5 }, LOGIN_STATUS.SESSION_DOES_NOT_EXIST],
    ['a key twice', [...NAMES, ['InitialR2T', 'No'], ['InitialR2T', 'No']], {}, LOGIN_STATUS.INITIATOR_ERROR],
    ['T and C', NAMES, { transit: true, continue: true }, LOGIN_STATUS.INITIATOR_ERROR],
    ['a stage that is none', NAMES, { currentStage: 2 }, LOGIN_STATUS.INITIATOR_ERROR],
    ['the full feature stage at once', NAMES, { currentStage: 3 }, LOGIN_STATUS.INITIATOR_ERROR],
    ['a next stage that is none', NAMES, { nextStage: 2 }, LOGIN_STATUS.INITIATOR_ERROR],
    ['a next stage that is before', NAMES, { nextStage: 0 }, LOGIN_STATUS.INITIATOR_ERROR],
    ['no immediate bit', NAMES, { immediate: false }, LOGIN_STATUS.INITIATOR_ERROR],
    ['only an unknown AuthMethod', [...NAMES, ['AuthMethod', 'KRB5']], SECURITY, LOGIN_STATUS.AUTHENTICATION_FAILURE],
    ['CHAP keys without CHAP', [...NAMES, ['CHAP_A', '7']], SECURITY, LOGIN_STATUS.INITIATOR_ERROR],
  ] as const)('fails for %s', async (_what, keys, values, status) => {
    const fixture = new Fixture();
    const initiator = fixture.connect();
    expect((await initiator.login(keys as readonly KeyValue[], values)).status).toBe(status);
    await initiator.environment.settle();
    expect(initiator.isEnded).toBe(true);
    expect(fixture.left).toEqual(NOTHING_LEFT);
    expect(fixture.events.map(({ kind }) => kind)).toEqual(['login-failed']);
  });

  it.each([
    ['the task tag', { initiatorTaskTag: 0x2000 }],
    ['the CID', { cid: 9 }],
    ['the ISID', { isid: Uint8Array.of(1, 2, 3, 4, 5, 6) }],
    ['the TSIH', { tsih: 3 }],
    ['the stage', { currentStage: 1 }],
  ])('fails where %s changes', async (_what, values) => {
    const initiator = new Fixture().connect();
    await initiator.login([...NAMES, ['AuthMethod', 'None']], { ...SECURITY, transit: false });
    expect((await initiator.login([], { ...SECURITY, ...values })).status).toBe(LOGIN_STATUS.INITIATOR_ERROR);
  });

  it('fails where something else than a login comes, without an answer if it comes first', async () => {
    const fixture = new Fixture();
    const first = fixture.connect();
    first.command(new Uint8Array(6));
    await fixture.environment.settle();
    expect(first.received).toEqual([]);
    expect(first.isEnded).toBe(true);
    const second = fixture.connect();
    await second.login(NAMES, { ...SECURITY, transit: false });
    second.command(new Uint8Array(6));
    await fixture.environment.settle();
    expect(second.one(loginResponse)).toMatchObject({ statusClass: 2, statusDetail: 0x0b });
    expect(fixture.left).toEqual(NOTHING_LEFT);
  });

  it('tells nothing of a target but what the host says', async () => {
    for (const [answer, status] of [['forbidden', 0x202], ['removed', 0x204], [undefined, 0x203]] as const) {
      expect((await new Fixture({ host: { findTarget: () => answer } }).connect().login(NAMES)).status).toBe(status);
    }
  });

  it('sends initiators elsewhere', async () => {
    const at = (permanent: boolean): Fixture => new Fixture({ target: { redirect: { address: 'fd00::1', port: 3261, permanent } } });
    expect(await at(false).connect().login(NAMES)).toMatchObject({ status: 0x101, keys: new Map([['TargetAddress', '[fd00::1]:3261']]) });
    expect((await at(true).connect().login(NAMES)).status).toBe(0x102);
  });

  it('says so when the target does not open, or there are as many sessions as may be', async () => {
    const broken = new Fixture({ target: { openNexus: () => Promise.reject(new Error('no disk')) } });
    expect((await broken.connect().login(NAMES)).status).toBe(LOGIN_STATUS.SERVICE_UNAVAILABLE);
    await broken.environment.settle();
    expect(broken.left).toEqual(NOTHING_LEFT);
    const full = new Fixture({ limits: { sessions: 1 } });
    await full.loggedIn();
    const other = full.connect();
    other.isid = Uint8Array.of(0x40, 0, 0, 0, 0, 2);
    expect((await other.login(NAMES)).status).toBe(LOGIN_STATUS.OUT_OF_RESOURCES);
  });

  it('has an end: of time, of requests, of text', async () => {
    const slow = new Fixture();
    slow.connect().raw(Uint8Array.of(0x43, 0x87));
    await slow.environment.pass(20_000);
    expect(slow.left).toEqual(NOTHING_LEFT);
    const chatty = new Fixture({ limits: { loginRequests: 3 } });
    const initiator = chatty.connect();
    for (let round = 0; round < 3; round++) await initiator.login(round === 0 ? NAMES : [], { transit: false });
    expect((await initiator.login([], { transit: false })).status).toBe(LOGIN_STATUS.INITIATOR_ERROR);
    const long = new Fixture({ limits: { textLength: 1000 } });
    expect((await long.connect().login([...NAMES, ['X-long', 'x'.repeat(1000)]])).status).toBe(LOGIN_STATUS.OUT_OF_RESOURCES);
    const wide = new Fixture().connect();
    wide.raw(wide.loginPdu([['X-long', 'x'.repeat(8200)]]));
    await wide.environment.settle();
    expect(wide.isEnded).toBe(true);
  });

  it('is limited in number for one address', () => {
    const fixture = new Fixture({ limits: { loginsPerAddress: 2 } });
    fixture.connect();
    const second = fixture.connect();
    expect(() => fixture.connect()).toThrow('refuses');
    second.connection.closed();
    fixture.connect();
  });
});

describe('CHAP', () => {
  const incoming = { name: 'host1', secret: 'the secret of host1' };
  const outgoing = { name: 'disk1', secret: 'the secret of disk1' };
  const respond = (algorithm: ChapAlgorithm, id: number, secret: string, challenge: string): string =>
    `0x${createHash(algorithm).update(Uint8Array.of(id)).update(secret).update(Buffer.from(challenge.slice(2), 'hex')).digest('hex')}`;

  const start = async (authentication: ChapAuthentication, offered = '5,6,7,8'): Promise<{ fixture: Fixture; initiator: TestInitiator; keys: Map<string, string>; status: number }> => {
    const fixture = new Fixture({ target: { authentication } });
    const initiator = fixture.connect();
    const first = await initiator.login([...NAMES, ['AuthMethod', 'CHAP,None']], { ...SECURITY });
    expect(first).toMatchObject({ status: 0, transit: false });
    expect(first.keys.get('AuthMethod')).toBe('CHAP');
    const { keys, status } = await initiator.login([['CHAP_A', offered]], { ...SECURITY, transit: false });
    return { fixture, initiator, keys, status };
  };

  it.each([['md5', '5'], ['sha1', '6'], ['sha256', '7'], ['sha3-256', '8']] as const)('lets a user in who knows the secret: %s', async (algorithm, number) => {
    const { fixture, initiator, keys } = await start({ incoming: [incoming] }, number);
    expect(keys.get('CHAP_A')).toBe(number);
    const response = respond(algorithm, Number(keys.get('CHAP_I')), incoming.secret, keys.get('CHAP_C') ?? '');
    expect(await initiator.login([['CHAP_N', 'host1'], ['CHAP_R', response]], SECURITY)).toMatchObject({ status: 0, transit: true });
    expect((await initiator.login([])).status).toBe(0);
    expect(fixture.opened[0]?.user).toBe('host1');
  });

  it('prefers the better digest, and takes base64', async () => {
    const { initiator, keys } = await start({ incoming: [incoming] });
    expect(keys.get('CHAP_A')).toBe('8');
    const response = respond('sha3-256', Number(keys.get('CHAP_I')), incoming.secret, keys.get('CHAP_C') ?? '');
    const base64 = `0b${Buffer.from(response.slice(2), 'hex').toString('base64')}`;
    expect((await initiator.login([['CHAP_N', 'host1'], ['CHAP_R', base64]], SECURITY)).status).toBe(0);
  });

  it.each([
    ['a wrong secret', 'host1', 'another secret'],
    ['an unknown user', 'host2', incoming.secret],
  ])('keeps %s out, and logs no secret', async (_what, name, secret) => {
    const { fixture, initiator, keys } = await start({ incoming: [incoming] });
    const response = respond('sha3-256', Number(keys.get('CHAP_I')), secret, keys.get('CHAP_C') ?? '');
    expect((await initiator.login([['CHAP_N', name], ['CHAP_R', response]], SECURITY)).status).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
    expect(JSON.stringify(fixture.events)).not.toContain(secret);
    expect(JSON.stringify(fixture.events)).not.toContain(response);
  });

  it('keeps out who skips it, in whatever way', async () => {
    const authentication = { incoming: [incoming] };
    const login = async (keys: readonly KeyValue[], values: object): Promise<number> => (await new Fixture({ target: { authentication } }).connect().login([...NAMES, ...keys], values)).status;
    expect(await login([], {})).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
    expect(await login([], SECURITY)).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
    expect(await login([['AuthMethod', 'None']], SECURITY)).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
    const asked = await start(authentication);
    expect(await asked.initiator.login([], SECURITY)).toMatchObject({ status: 0, transit: false });
    expect(await asked.initiator.login([], { currentStage: 0, nextStage: 3 })).toMatchObject({ status: 0, transit: false });
    expect((await asked.initiator.login([], {})).status).toBe(LOGIN_STATUS.INITIATOR_ERROR);
    expect(asked.fixture.nexuses.length).toBe(0);
    expect((await start({ incoming: [incoming], algorithms: ['sha256'] }, '5')).status).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
    expect((await start({ incoming: [] }, '9')).status).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
  });

  it('proves itself where the initiator asks', async () => {
    const { initiator, keys } = await start({ incoming: [incoming], outgoing });
    const response = respond('sha3-256', Number(keys.get('CHAP_I')), incoming.secret, keys.get('CHAP_C') ?? '');
    const challenge = '0x00112233445566778899aabbccddeeff';
    const last = await initiator.login([['CHAP_N', 'host1'], ['CHAP_R', response], ['CHAP_I', '77'], ['CHAP_C', challenge]], SECURITY);
    expect(last).toMatchObject({ status: 0, transit: true });
    expect(last.keys.get('CHAP_N')).toBe('disk1');
    expect(last.keys.get('CHAP_R')).toBe(respond('sha3-256', 77, outgoing.secret, challenge));
  });

  it.each([
    ['its own challenge back', { outgoing }, true],
    ['one secret for both directions', { outgoing: { name: 'disk1', secret: incoming.secret } }, false],
    ['mutual CHAP without an outgoing user', {}, false],
  ])('refuses %s', async (_what, more, reflects) => {
    const { initiator, keys } = await start({ incoming: [incoming], ...more });
    const challenge = keys.get('CHAP_C') ?? '';
    const response = respond('sha3-256', Number(keys.get('CHAP_I')), incoming.secret, challenge);
    const theirs = reflects ? challenge : '0x0102';
    const { status, data } = await initiator.login([['CHAP_N', 'host1'], ['CHAP_R', response], ['CHAP_I', '5'], ['CHAP_C', theirs]], SECURITY);
    expect(status).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
    expect(decodeText(data)).toEqual([]);
  });

  it('guards discovery sessions by themselves', async () => {
    const fixture = new Fixture({ host: { discoveryAuthentication: () => ({ incoming: [incoming] }) } });
    const names: readonly KeyValue[] = [['InitiatorName', INITIATOR_NAME], ['SessionType', 'Discovery']];
    expect((await fixture.connect().login(names)).status).toBe(LOGIN_STATUS.AUTHENTICATION_FAILURE);
    expect((await fixture.connect().login(NAMES)).status).toBe(0);
  });
});

describe('sessions', () => {
  it('are reinstated by a login of the same initiator port: the old nexus is closed before the new one opens', async () => {
    const fixture = new Fixture();
    const old = await fixture.loggedIn();
    fixture.nexus.holds = true;
    old.command(Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), { read: 512 });
    const again = fixture.connect();
    await again.logIn();
    await fixture.environment.settle();
    expect(fixture.nexuses.map(({ closed }) => closed)).toEqual([1, 0]);
    expect(old.isEnded).toBe(true);
    expect(old.take('SCSI Response')).toEqual([]);
    expect(fixture.left).toMatchObject({ sessions: 1, connections: 1, commands: 0 });
  });

  it('of another ISID stand beside each other', async () => {
    const fixture = new Fixture();
    await fixture.loggedIn();
    const other = fixture.connect();
    other.isid = Uint8Array.of(0x40, 0, 0, 0, 0, 9);
    await other.logIn();
    expect(fixture.engine.sessions.map(({ isid }) => isid)).toEqual(['400000000001', '400000000009']);
  });

  it('are opened one after the other where their names are the same', async () => {
    const fixture = new Fixture();
    const initiators = Array.from({ length: 5 }, () => fixture.connect());
    for (const initiator of initiators) initiator.raw(initiator.loginPdu(NAMES));
    await fixture.environment.settle();
    expect(fixture.nexuses.map(({ closed }) => closed)).toEqual([1, 1, 1, 1, 0]);
    expect(fixture.left).toMatchObject({ sessions: 1, connections: 1 });
  });
});

