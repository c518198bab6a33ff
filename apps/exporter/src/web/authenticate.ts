import { compare } from 'bcryptjs';
import { createHmac, randomBytes } from 'node:crypto';

/** What a request's `Authorization` comes to. */
export type Verdict = 'accepted' | 'refused' | 'busy';

/** Verdicts that are remembered, so that a scrape does not cost a hash. */
const MOST_REMEMBERED = 128;

/** Requests that may wait for a hash at a time; more are told to come later. */
const MOST_WAITING = 16;

/** HTTP basic authentication (RFC 7617) against bcrypt hashes. */
export class Authenticator {
  #users: ReadonlyMap<string, string>;
  /** Of this process alone: what is remembered tells nothing of passwords to who reads its memory later. */
  readonly #secret = randomBytes(32);
  readonly #remembered = new Map<string, boolean>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(users: ReadonlyMap<string, string>) {
    this.#users = users;
  }

  /** Takes other users; verdicts about the old ones are forgotten. */
  change(users: ReadonlyMap<string, string>): void {
    this.#users = users;
    this.#remembered.clear();
  }

  async judge(authorization: string | undefined): Promise<Verdict> {
    if (this.#users.size === 0) return 'accepted';
    const given = credentialsOf(authorization);
    if (given === undefined) return 'refused';
    const hash = this.#users.get(given.user);
    const key = createHmac('sha256', this.#secret).update(JSON.stringify([given.user, hash, given.password])).digest('base64');
    const known = this.#remembered.get(key);
    if (known !== undefined) return known ? 'accepted' : 'refused';
    if (this.#waiting >= MOST_WAITING) return 'busy';
    const accepted = await this.#compare(given.password, hash);
    this.#remember(key, accepted);
    return accepted ? 'accepted' : 'refused';
  }

  /**
   * One at a time: a hash takes the processor for as long as its cost says. For a user who is not known another's is computed, so that the
   * time of an answer does not tell who is.
   */
  async #compare(password: string, hash: string | undefined): Promise<boolean> {
    this.#waiting += 1;
    const [another = ''] = this.#users.values();
    const comparing = this.#last.then(async () => (await compare(password, hash ?? another)) && hash !== undefined);
    this.#last = comparing.catch(() => undefined);
    try {
      return await comparing;
    } finally {
      this.#waiting -= 1;
    }
  }

  #remember(key: string, accepted: boolean): void {
    this.#remembered.set(key, accepted);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MOST_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
  }
}

/** `Basic` and user, colon, password in base64. */
const credentialsOf = (authorization: string | undefined): { user: string; password: string } | undefined => {
  const encoded = /^basic +([\w+/=-]+)$/iu.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
};
