import type { Connection } from '../connection/connection.js';
import type { ChapAuthentication, FoundTarget, InitiatorIdentity, IscsiTarget } from '../host.js';
import { STAGE } from '../pdu/initiator-pdus.js';
import type { KeyValue } from '../pdu/text.js';
import { Session } from '../session/session.js';
import { Chap } from './chap.js';
import { answerKey } from './keys.js';
import type { LoginRequest } from './login.js';
import { offerOf, type TargetOffer } from './offer.js';
import { type ConnectionParameters, defaultConnectionParameters, defaultParameters, type NegotiatedParameters } from './parameters.js';
import { LOGIN_STATUS, LoginFailure } from './status.js';
import { hostAndPort } from './target-address.js';
import { parseList } from './values.js';

/** Keys that say who is who; they come in the first request (RFC 7143 6.3). */
const NAMING_KEYS: ReadonlySet<string> = new Set(['InitiatorName', 'InitiatorAlias', 'TargetName', 'SessionType']);
const CHAP_KEYS: ReadonlySet<string> = new Set(['CHAP_A', 'CHAP_N', 'CHAP_R', 'CHAP_I', 'CHAP_C']);

/** 4.2.7.1: at most 223 bytes. */
const MAX_NAME = 223;
/** 6.1: a value has at most 255 bytes unless its key says otherwise. */
const MAX_ALIAS = 255;

/** Who logs in to what. */
export interface LoginIdentity {
  readonly kind: 'normal' | 'discovery';
  readonly initiator: InitiatorIdentity;
  readonly targetName: string;
}

/** What a login is about: who logs in where, how that is proven, and what is agreed on. */
export class LoginNegotiation {
  readonly #connection: Connection;
  identity: LoginIdentity | null = null;
  target: IscsiTarget | null = null;
  /** Keys that go with a failure: where to log in instead. */
  redirection: KeyValue[] = [];
  #authentication: ChapAuthentication | undefined;
  #chap: Chap | null = null;
  /** AuthMethod has been agreed on. */
  #method: 'open' | 'None' | 'CHAP' = 'open';
  #offer: TargetOffer = offerOf();
  readonly #session: NegotiatedParameters = defaultParameters();
  readonly #parameters: ConnectionParameters = defaultConnectionParameters();
  /** The session that this connection joins. */
  #joined: Session | null = null;
  #hasDeclared = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Looks up who logs in to what; gives the keys that the first response declares. */
  async identify(request: LoginRequest, keys: ReadonlyMap<string, string>): Promise<KeyValue[]> {
    const type = keys.get('SessionType') ?? 'Normal';
    if (type !== 'Normal' && type !== 'Discovery') throw new LoginFailure(LOGIN_STATUS.SESSION_TYPE_NOT_SUPPORTED, 'SessionType is neither Normal nor Discovery');
    const initiator: InitiatorIdentity = {
      initiatorName: nameOf(keys, 'InitiatorName'),
      initiatorAlias: aliasOf(keys),
      connection: this.#connection.addresses,
    };
    const targetName = type === 'Normal' ? nameOf(keys, 'TargetName') : '';
    const { host } = this.#connection.context;
    if (type === 'Discovery') {
      if (request.tsih !== 0) throw new LoginFailure(LOGIN_STATUS.CANNOT_INCLUDE_IN_SESSION, 'a discovery session has one connection');
      this.identity = { kind: 'discovery', initiator, targetName };
      this.#authentication = host.discoveryAuthentication?.(initiator);
      return [];
    }
    const target = found(await host.findTarget(initiator, targetName), targetName);
    this.identity = { kind: 'normal', initiator, targetName };
    this.target = target;
    this.#authentication = target.authentication;
    this.#offer = offerOf(target.parameters);
    this.#redirect(target);
    if (request.tsih !== 0) this.#join(request, initiator, targetName);
    const declared: KeyValue[] = [];
    if (target.targetAlias !== undefined) declared.push(['TargetAlias', target.targetAlias]);
    declared.push(['TargetPortalGroupTag', String(target.portalGroupTag ?? 1)]);
    return declared;
  }

  #redirect({ redirect, targetName }: IscsiTarget): void {
    if (redirect === undefined) return;
    this.redirection = [['TargetAddress', hostAndPort(redirect.address, redirect.port ?? 3260)]];
    const status = redirect.permanent === true ? LOGIN_STATUS.TARGET_MOVED_PERMANENTLY : LOGIN_STATUS.TARGET_MOVED_TEMPORARILY;
    throw new LoginFailure(status, `${targetName} is at ${redirect.address} now`);
  }

  /** A further connection of a session (6.3.3). */
  #join(request: LoginRequest, initiator: InitiatorIdentity, targetName: string): void {
    const session = this.#connection.context.sessionOf(request.tsih);
    const isOurs =
      session?.kind === 'normal' && session.isid === isidText(request.isid) && session.initiator.initiatorName === initiator.initiatorName && session.targetName === targetName;
    if (!isOurs) throw new LoginFailure(LOGIN_STATUS.SESSION_DOES_NOT_EXIST, `there is no session ${request.tsih} of this initiator`);
    const isNew = !session.connectionsByCid.has(request.cid);
    if (isNew && session.connectionsByCid.size >= session.parameters.maxConnections) {
      throw new LoginFailure(LOGIN_STATUS.TOO_MANY_CONNECTIONS, `session ${request.tsih} has ${session.parameters.maxConnections} connection(s)`);
    }
    this.#joined = session;
  }

  /** Answers what the initiator says in a stage. */
  answer(keys: ReadonlyMap<string, string>, stage: number): KeyValue[] {
    const answers: KeyValue[] = [];
    if (stage === STAGE.SECURITY) answers.push(...this.#security(keys));
    else if (this.#authentication !== undefined && this.#chap?.isDone !== true) {
      throw new LoginFailure(LOGIN_STATUS.AUTHENTICATION_FAILURE, 'the initiator skipped the authentication that is asked for');
    }
    const phase = this.#joined === null ? 'leading' : 'login';
    for (const [key, value] of keys) {
      if (NAMING_KEYS.has(key) || key === 'AuthMethod' || CHAP_KEYS.has(key)) continue;
      const answer = answerKey(key, value, phase, { offer: this.#offer, session: this.#session, connection: this.#parameters });
      if (answer !== null) answers.push([key, answer]);
    }
    if (stage === STAGE.OPERATIONAL && !this.#hasDeclared) {
      this.#hasDeclared = true;
      this.#parameters.maxRecvDataSegmentLength = this.#offer.maxRecvDataSegmentLength;
      answers.push(['MaxRecvDataSegmentLength', String(this.#offer.maxRecvDataSegmentLength)]);
    }
    return answers;
  }

  #security(keys: ReadonlyMap<string, string>): KeyValue[] {
    const methods = keys.get('AuthMethod');
    if (methods !== undefined) return this.#chooseMethod(parseList(methods));
    for (const key of keys.keys()) {
      if (!CHAP_KEYS.has(key)) continue;
      if (this.#chap === null) throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, `${key} without CHAP`);
      return this.#chap.answer(keys);
    }
    return [];
  }

  #chooseMethod(offered: readonly string[]): KeyValue[] {
    if (this.#method !== 'open') throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, 'AuthMethod was agreed on before');
    const wanted = this.#authentication === undefined ? 'None' : 'CHAP';
    if (!offered.includes(wanted)) throw new LoginFailure(LOGIN_STATUS.AUTHENTICATION_FAILURE, `AuthMethod must offer ${wanted}`);
    this.#method = wanted;
    if (this.#authentication !== undefined) this.#chap = new Chap(this.#authentication, (length) => this.#connection.context.environment.random(length));
    return [['AuthMethod', wanted]];
  }

  /** Whether a stage is over for this side too. */
  mayLeave(stage: number): boolean {
    if (stage !== STAGE.SECURITY || this.#authentication === undefined) return true;
    if (this.#method === 'open') throw new LoginFailure(LOGIN_STATUS.AUTHENTICATION_FAILURE, 'the initiator offers no AuthMethod, and CHAP is asked for');
    return this.#chap?.isDone === true;
  }

  /** Into the full feature phase: joins a session, or opens one. */
  async complete(request: LoginRequest): Promise<{ session: Session; parameters: ConnectionParameters }> {
    const { identity } = this;
    if (identity === null) throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, 'the login did not say who logs in');
    this.#checkDigests();
    const session = this.#joined === null ? await this.#open(request, identity) : this.#joinNow(this.#joined, request);
    return { session, parameters: this.#parameters };
  }

  /** A target that accepts no connection without a digest gets none, be it rejected or never offered. */
  #checkDigests(): void {
    for (const key of ['headerDigest', 'dataDigest'] as const) {
      if (!this.#offer[key].includes(this.#parameters[key])) throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, `${key}: the target asks for ${this.#offer[key].join(' or ')}`);
    }
  }

  #joinNow(session: Session, request: LoginRequest): Session {
    if (session.isEnding || !this.#connection.isOpen) throw new LoginFailure(LOGIN_STATUS.SESSION_DOES_NOT_EXIST, 'the session has ended meanwhile');
    const old = session.connectionsByCid.get(request.cid);
    if (old === undefined && session.connectionsByCid.size >= session.parameters.maxConnections) {
      throw new LoginFailure(LOGIN_STATUS.TOO_MANY_CONNECTIONS, 'the session has all its connections');
    }
    // 6.3.4: connection reinstatement. The new one stands in before the old one goes, so that the session stays.
    this.#enter(session, request);
    old?.drop('reinstated by another connection');
    return session;
  }

  #enter(session: Session, { cid }: LoginRequest): void {
    session.connectionsByCid.set(cid, this.#connection);
    this.#connection.session = session;
  }

  async #open(request: LoginRequest, identity: LoginIdentity): Promise<Session> {
    const { context } = this.#connection;
    const isid = isidText(request.isid);
    const { initiator, kind, targetName } = identity;
    return await context.inTurn({ initiatorName: initiator.initiatorName, isid, targetName }, async () => {
      // 6.3.5: session reinstatement.
      await context.sessionLike({ initiatorName: initiator.initiatorName, isid, targetName })?.end('reinstated by a new login');
      if (!context.canOpenSession()) throw new LoginFailure(LOGIN_STATUS.OUT_OF_RESOURCES, 'there are as many sessions as may be');
      this.#session.firstBurstLength = Math.min(this.#session.firstBurstLength, this.#session.maxBurstLength);
      const session = new Session(context, {
        kind, initiator, targetName, isid, tsih: context.freeTsih(), parameters: this.#session, offer: this.#offer, user: this.#chap?.user, cmdSn: request.cmdSn,
      });
      context.sessionOpened(session);
      try {
        if (this.target !== null) session.nexus = await this.target.openNexus(session);
        // Still in turn: the next login of these names must find the session with its connection.
        if (!this.#connection.isOpen) throw new Error('the connection was closed meanwhile');
        this.#enter(session, request);
      } catch (error) {
        await session.end('the target did not open');
        throw new LoginFailure(LOGIN_STATUS.SERVICE_UNAVAILABLE, `the target did not open: ${error instanceof Error ? error.message : String(error)}`);
      }
      return session;
    });
  }
}

function found(target: FoundTarget, targetName: string): IscsiTarget {
  if (target === undefined) throw new LoginFailure(LOGIN_STATUS.NOT_FOUND, `there is no target ${targetName} for this initiator`);
  if (target === 'forbidden') throw new LoginFailure(LOGIN_STATUS.AUTHORIZATION_FAILURE, `${targetName} is not for this initiator`);
  if (target === 'removed') throw new LoginFailure(LOGIN_STATUS.TARGET_REMOVED, `${targetName} was removed`);
  return target;
}

/** What RFC 3722 prohibits in names, and the comma: controls, blanks, and what cannot be seen or turns around what follows. */
const NO_NAME = /[\p{Control}\p{Format}\p{Separator},]/u;

/** An iSCSI name, in lower case (4.2.7.2). */
function nameOf(keys: ReadonlyMap<string, string>, key: string): string {
  const name = keys.get(key);
  if (name === undefined || name === '') throw new LoginFailure(LOGIN_STATUS.MISSING_PARAMETER, `${key} is missing`);
  if (Buffer.byteLength(name) > MAX_NAME || NO_NAME.test(name)) throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, `${key} is no iSCSI name`);
  return name.toLowerCase();
}

/** 13.7: a text for people, which may end up in logs; one that is no line of text is left out. */
function aliasOf(keys: ReadonlyMap<string, string>): string | undefined {
  const alias = keys.get('InitiatorAlias');
  return alias === undefined || Buffer.byteLength(alias) > MAX_ALIAS || /\p{Control}/u.test(alias) ? undefined : alias;
}

const isidText = (isid: Uint8Array): string => Buffer.from(isid).toString('hex');
