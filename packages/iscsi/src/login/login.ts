import { readU8, writeU16 } from '@scst/scsi';
import type { Connection } from '../connection/connection.js';
import type { HeaderValues } from '../pdu/header.js';
import { OPCODE, OPCODE_MASK } from '../pdu/opcode.js';
import { loginRequest, STAGE } from '../pdu/initiator-pdus.js';
import { loginResponse } from '../pdu/target-pdus.js';
import { decodeText, encodeText, type KeyValue } from '../pdu/text.js';
import { IscsiError } from '../error.js';
import { LoginNegotiation } from './login-negotiation.js';
import { DEFAULT_DATA_SEGMENT_LENGTH } from './parameters.js';
import { LOGIN_STATUS, LoginFailure } from './status.js';

export type LoginRequest = HeaderValues<(typeof loginRequest)['fields']>;

/** VersionMin and VersionMax of RFC 7143 11.12.4. */
const VERSION = 0;

/** The login of one connection (RFC 7143 6.3): stages, transitions and continued texts. What the keys mean is {@link LoginNegotiation}'s. */
export class Login {
  readonly #connection: Connection;
  readonly #negotiation: LoginNegotiation;
  #first: LoginRequest | null = null;
  #stage: number = STAGE.SECURITY;
  #requests = 0;
  #text: Uint8Array[] = [];
  #textLength = 0;
  #totalText = 0;
  readonly #keysSeen = new Set<string>();
  #isAbandoned = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#negotiation = new LoginNegotiation(connection);
  }

  /** The connection has gone. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  request(header: Uint8Array, data: Uint8Array): void {
    if ((readU8(header, 0) & OPCODE_MASK) !== OPCODE.LOGIN_REQUEST) {
      if (this.#first === null) this.#connection.drop('the first PDU is no login request');
      else this.#fail(this.#first, new LoginFailure(LOGIN_STATUS.INVALID_DURING_LOGIN, 'a PDU that is no login request'));
      return;
    }
    const request = loginRequest.decode(header);
    this.#connection.holdForLogin(true);
    void this.#handle(request, data).then(
      () => {
        this.#goOn();
      },
      (error: unknown) => {
        if (!this.#isAbandoned) this.#fail(this.#first ?? request, failureOf(error));
        this.#goOn();
      },
    );
  }

  #goOn(): void {
    this.#connection.flush();
    this.#connection.holdForLogin(false);
  }

  async #handle(request: LoginRequest, data: Uint8Array): Promise<void> {
    this.#connection.writer.window = { expCmdSn: request.cmdSn, maxCmdSn: request.cmdSn };
    this.#checkHeader(request);
    this.#collectText(data);
    if (request.continue) {
      this.#respond(request, [], { transit: false });
      return;
    }
    const keys = this.#takeKeys();
    const negotiation = this.#negotiation;
    const answers: KeyValue[] = [];
    if (negotiation.identity === null) answers.push(...(await negotiation.identify(request, keys)));
    if (this.#hasGone()) return;
    answers.push(...negotiation.answer(keys, request.currentStage));
    const transit = request.transit && negotiation.mayLeave(request.currentStage);
    if (!transit) {
      this.#respond(request, answers, { transit: false });
      return;
    }
    this.#stage = request.nextStage;
    if (request.nextStage !== STAGE.FULL_FEATURE) {
      this.#respond(request, answers, { transit: true });
      return;
    }
    const { session, parameters } = await negotiation.complete(request);
    if (this.#hasGone()) return;
    this.#connection.writer.window = session;
    this.#respond(request, answers, { transit: true, tsih: session.tsih });
    this.#connection.enterFullFeaturePhase(session, parameters);
  }

  /** The connection was closed while something was looked up. */
  #hasGone(): boolean {
    return this.#isAbandoned || !this.#connection.isOpen;
  }

  /** RFC 7143 11.12: what must be so in every request, and what must not change from one to the next. */
  #checkHeader(request: LoginRequest): void {
    const wrong = (what: string): LoginFailure => new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, what);
    if (++this.#requests > this.#connection.limits.loginRequests) throw wrong(`more than ${this.#connection.limits.loginRequests} login requests`);
    const first = (this.#first ??= request);
    if (request.versionMin > VERSION) throw new LoginFailure(LOGIN_STATUS.UNSUPPORTED_VERSION, `version ${request.versionMin} is the lowest the initiator speaks`);
    if (request === first) {
      if (request.currentStage === STAGE.FULL_FEATURE || request.currentStage === 2) throw wrong('the login begins in no stage of login');
      this.#stage = request.currentStage;
      this.#connection.cid = request.cid;
    }
    const isSame =
      request.initiatorTaskTag === first.initiatorTaskTag && request.cid === first.cid && request.tsih === first.tsih && Buffer.compare(request.isid, first.isid) === 0;
    if (!isSame) throw wrong('task tag, CID, TSIH or ISID changed during the login');
    if (request.currentStage !== this.#stage) throw wrong(`the login is in stage ${this.#stage}, the request in ${request.currentStage}`);
    if (request.transit && request.continue) throw wrong('T and C are both set');
    if (request.transit && (request.nextStage <= request.currentStage || request.nextStage === 2)) throw wrong('NSG is no later stage');
    if (!request.immediate) throw wrong('a login request that is not immediate');
  }

  #collectText(data: Uint8Array): void {
    this.#textLength += data.length;
    this.#totalText += data.length;
    if (this.#totalText > this.#connection.limits.textLength) throw new LoginFailure(LOGIN_STATUS.OUT_OF_RESOURCES, 'the texts of the login are too long');
    this.#text.push(data);
  }

  #takeKeys(): Map<string, string> {
    const pairs = decodeText(Buffer.concat(this.#text, this.#textLength));
    this.#text = [];
    this.#textLength = 0;
    for (const [key] of pairs) {
      if (this.#keysSeen.has(key)) throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, `${key} was negotiated before`);
      this.#keysSeen.add(key);
    }
    return new Map(pairs);
  }

  #respond(request: LoginRequest, answers: readonly KeyValue[], { transit, tsih }: { readonly transit: boolean; readonly tsih?: number }): void {
    const text = encodeText(answers);
    if (text.length > DEFAULT_DATA_SEGMENT_LENGTH) throw new LoginFailure(LOGIN_STATUS.TARGET_ERROR, 'the answers have no room in a login response');
    const header = loginResponse.encode({
      transit,
      currentStage: request.currentStage,
      nextStage: transit ? request.nextStage : 0,
      versionMax: VERSION,
      versionActive: VERSION,
      isid: request.isid,
      tsih: tsih ?? request.tsih,
      initiatorTaskTag: request.initiatorTaskTag,
    });
    this.#connection.writer.send(header, text);
  }

  #fail(request: LoginRequest, failure: LoginFailure): void {
    const connection = this.#connection;
    const { identity, target } = this.#negotiation;
    connection.context.log({
      kind: 'login-failed',
      message: failure.message,
      connection: connection.addresses,
      initiatorName: identity?.initiator.initiatorName,
      targetName: target?.targetName,
    });
    if (!connection.isOpen) return;
    const header = loginResponse.encode({
      currentStage: request.currentStage,
      versionMax: VERSION,
      versionActive: VERSION,
      isid: request.isid,
      tsih: request.tsih,
      initiatorTaskTag: request.initiatorTaskTag,
    });
    writeU16(header, 36, failure.status);
    connection.writer.send(header, encodeText(this.#negotiation.redirection));
    connection.endAfterFlush(failure.message);
  }
}

/** What a login ends with; of other errors than its own and those of texts, only that there was one. */
function failureOf(error: unknown): LoginFailure {
  if (error instanceof LoginFailure) return error;
  if (error instanceof IscsiError && error.code === 'ERR_MALFORMED') return new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, error.message);
  return new LoginFailure(LOGIN_STATUS.TARGET_ERROR, `the target failed: ${error instanceof Error ? error.message : String(error)}`);
}

