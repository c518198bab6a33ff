import { NO_TAG } from '../pdu/opcode.js';
import { nopIn } from '../pdu/target-pdus.js';
import type { Connection } from './connection.js';

/** Tells whether a peer is still there and does its part in time; looked at once a second. */
export class Liveness {
  readonly #connection: Connection;
  readonly #openedAt: number;
  /** Bytes have come since the last look. */
  heard = false;
  #lastHeard: number;
  /** The tag of the ping that is not answered, or none. */
  #ping = NO_TAG;
  #pingSentAt = 0;
  #lastTag = 0;
  #partialSince = 0;
  #pdusThen = -1;
  #stuckSince = 0;
  #writesThen = -1;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#openedAt = this.#lastHeard = connection.now;
  }

  /** The initiator has answered a ping (RFC 7143 11.18). False: it was none of ours. */
  answered(tag: number): boolean {
    if (tag !== this.#ping) return false;
    this.#ping = NO_TAG;
    return true;
  }

  tick(now: number): void {
    const connection = this.#connection;
    connection.now = now;
    if (this.heard) this.#lastHeard = now;
    this.heard = false;
    const fault = this.#loginFault(now) ?? this.#readFault(now) ?? this.#writeFault(now) ?? this.#dataFault(now) ?? this.#pingFault(now);
    if (fault !== undefined) {
      connection.drop(fault);
      return;
    }
    if (connection.output.isIdle) connection.output.trim();
    this.#pingIfQuiet(now);
  }

  #loginFault(now: number): string | undefined {
    const { isLoggedIn, limits } = this.#connection;
    return !isLoggedIn && now - this.#openedAt > limits.loginTimeout ? `no login within ${limits.loginTimeout} ms` : undefined;
  }

  #readFault(now: number): string | undefined {
    const { reader, limits } = this.#connection;
    if (!reader.isPartial || reader.isPaused || reader.pdus !== this.#pdusThen) {
      this.#partialSince = now;
      this.#pdusThen = reader.pdus;
    }
    return now - this.#partialSince > limits.pduTimeout ? `a PDU was not complete within ${limits.pduTimeout} ms` : undefined;
  }

  #writeFault(now: number): string | undefined {
    const { output, limits } = this.#connection;
    if (output.isIdle || output.sentWrites !== this.#writesThen) {
      this.#stuckSince = now;
      this.#writesThen = output.sentWrites;
    }
    return now - this.#stuckSince > limits.sendTimeout ? `the initiator took nothing for ${limits.sendTimeout} ms` : undefined;
  }

  #dataFault(now: number): string | undefined {
    const { session } = this.#connection;
    if (session === null) return undefined;
    const { responseTimeout } = session.offer;
    for (const task of session.tasks.values()) {
      if (task.owner !== this.#connection || task.state !== 'collecting') continue;
      const awaitsData = task.unsolicited !== null || task.solicited.length > 0;
      if (awaitsData && now - task.dataSince > responseTimeout * 1000) return `data-out did not come within ${responseTimeout} s`;
    }
    return undefined;
  }

  #pingFault(now: number): string | undefined {
    const { session } = this.#connection;
    if (session === null || this.#ping === NO_TAG) return undefined;
    const { nopInTimeout } = session.offer;
    return now - this.#pingSentAt > nopInTimeout * 1000 ? `NOP-In was not answered within ${nopInTimeout} s` : undefined;
  }

  #pingIfQuiet(now: number): void {
    const connection = this.#connection;
    const { session } = connection;
    if (session === null || this.#ping !== NO_TAG || !connection.isOpen || !connection.isLoggedIn) return;
    const { nopInInterval } = session.offer;
    if (nopInInterval === 0 || now - this.#lastHeard < nopInInterval * 1000) return;
    this.#lastTag = (this.#lastTag + 1) % NO_TAG;
    this.#ping = this.#lastTag;
    this.#pingSentAt = now;
    connection.writer.send(nopIn.encode({ final: true, initiatorTaskTag: NO_TAG, targetTransferTag: this.#ping }), undefined, false);
    connection.scheduleFlush();
  }
}
