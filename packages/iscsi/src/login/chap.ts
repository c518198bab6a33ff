import { createHash, timingSafeEqual } from 'node:crypto';
import type { ChapAlgorithm, ChapAuthentication, ChapCredentials } from '../host.js';
import type { KeyValue } from '../pdu/text.js';
import { ALL_ALGORITHMS } from './offer.js';
import { LOGIN_STATUS, LoginFailure } from './status.js';
import { parseBinary, parseList, parseNumber, printBinary } from './values.js';

/** CHAP_A (RFC 7143 12.1.3 and IANA's registry of PPP authentication algorithms) and the length of each digest. */
const ALGORITHMS: Readonly<Record<ChapAlgorithm, { readonly number: number; readonly length: number }>> = {
  md5: { number: 5, length: 16 },
  sha1: { number: 6, length: 20 },
  sha256: { number: 7, length: 32 },
  'sha3-256': { number: 8, length: 32 },
};

/** 12.1.3: a challenge has at most 1024 bytes. */
const MAX_CHALLENGE = 1024;

/** What is hashed for a user that does not exist, so that it takes the same time. */
const NOBODY: ChapCredentials = { name: '', secret: '' };

/** The target's side of CHAP: algorithm, challenge, response, and our own response where the initiator asks for it. */
export class Chap {
  readonly #authentication: ChapAuthentication;
  readonly #random: (length: number) => Uint8Array;
  #state: 'algorithm' | 'response' | 'done' = 'algorithm';
  #algorithm: ChapAlgorithm = 'sha256';
  #identifier = 0;
  #challenge: Uint8Array = new Uint8Array(0);
  /** The user that has proven itself. */
  user: string | undefined;

  constructor(authentication: ChapAuthentication, random: (length: number) => Uint8Array) {
    this.#authentication = authentication;
    this.#random = random;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Answers the CHAP keys of one request. Throws {@link LoginFailure}. */
  answer(keys: ReadonlyMap<string, string>): KeyValue[] {
    if (this.#state === 'algorithm') return this.#chooseAlgorithm(keys);
    if (this.#state === 'response') return this.#checkResponse(keys);
    throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, 'CHAP keys after CHAP was done');
  }

  #chooseAlgorithm(keys: ReadonlyMap<string, string>): KeyValue[] {
    const offered = parseList(required(keys, 'CHAP_A')).map(parseNumber);
    const accepted = this.#authentication.algorithms ?? ALL_ALGORITHMS;
    const algorithm = accepted.find((name) => offered.includes(ALGORITHMS[name].number));
    if (algorithm === undefined) throw failed(`none of the digests ${accepted.join(', ')} is offered`);
    this.#algorithm = algorithm;
    this.#identifier = this.#random(1)[0] ?? 0;
    this.#challenge = this.#random(ALGORITHMS[algorithm].length);
    this.#state = 'response';
    return [['CHAP_A', String(ALGORITHMS[algorithm].number)], ['CHAP_I', String(this.#identifier)], ['CHAP_C', printBinary(this.#challenge)]];
  }

  #checkResponse(keys: ReadonlyMap<string, string>): KeyValue[] {
    const name = required(keys, 'CHAP_N');
    const response = binary(required(keys, 'CHAP_R'), ALGORITHMS[this.#algorithm].length, 'CHAP_R');
    const known = this.#authentication.incoming.find((user) => user.name === name);
    const expected = this.#responseOf(known ?? NOBODY, this.#identifier, this.#challenge);
    const isRight = response.length === expected.length && timingSafeEqual(response, expected);
    // The name comes from the peer and may be anything: it is not repeated.
    if (known === undefined || !isRight) throw failed('CHAP: unknown user or wrong secret');
    const answer = this.#prove(keys, known, response);
    this.user = name;
    this.#state = 'done';
    return answer;
  }

  /** Mutual authentication (12.1.3): the initiator challenges us. */
  #prove(keys: ReadonlyMap<string, string>, incoming: ChapCredentials, response: Uint8Array): KeyValue[] {
    const identifierText = keys.get('CHAP_I');
    const challengeText = keys.get('CHAP_C');
    if (identifierText === undefined && challengeText === undefined) return [];
    const identifier = parseNumber(identifierText ?? '');
    if (identifier === undefined || identifier > 255 || challengeText === undefined) throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, 'CHAP_I or CHAP_C is missing or no value');
    const challenge = binary(challengeText, MAX_CHALLENGE, 'CHAP_C');
    if (challenge.length === 0) throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, 'CHAP_C is empty');
    // 12.1.3: whoever sends our own challenge back wants us to answer it for him.
    if (sameBytes(challenge, this.#challenge)) throw failed('CHAP: our own challenge came back');
    const { outgoing } = this.#authentication;
    if (outgoing === undefined) throw failed('the initiator asks for mutual CHAP, and the target has no outgoing user');
    if (sameBytes(secretOf(outgoing), secretOf(incoming))) {
      throw failed('mutual CHAP needs another secret for each direction, and the target has one for both');
    }
    const ours = this.#responseOf(outgoing, identifier, challenge);
    if (sameBytes(ours, response)) throw failed('CHAP: both responses are the same');
    return [['CHAP_N', outgoing.name], ['CHAP_R', printBinary(ours)]];
  }

  #responseOf(user: ChapCredentials, identifier: number, challenge: Uint8Array): Buffer {
    return createHash(this.#algorithm).update(Uint8Array.of(identifier)).update(secretOf(user)).update(challenge).digest();
  }
}

const failed = (message: string): LoginFailure => new LoginFailure(LOGIN_STATUS.AUTHENTICATION_FAILURE, message);

const secretOf = ({ secret }: ChapCredentials): Uint8Array => (typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret);

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

function required(keys: ReadonlyMap<string, string>, key: string): string {
  const value = keys.get(key);
  if (value === undefined) throw new LoginFailure(LOGIN_STATUS.MISSING_PARAMETER, `${key} is missing`);
  return value;
}

function binary(text: string, limit: number, key: string): Uint8Array {
  try {
    return parseBinary(text, limit);
  } catch {
    throw new LoginFailure(LOGIN_STATUS.INITIATOR_ERROR, `${key} is no binary value, or too long`);
  }
}
