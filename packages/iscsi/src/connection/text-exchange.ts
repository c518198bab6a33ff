import { NO_TAG } from '../pdu/opcode.js';
import { textRequest } from '../pdu/initiator-pdus.js';
import { REJECT_REASON, textResponse } from '../pdu/target-pdus.js';
import { decodeText, encodeText, type KeyValue } from '../pdu/text.js';
import type { DiscoveredTarget } from '../host.js';
import { answerKey } from '../login/keys.js';
import { targetAddress } from '../login/target-address.js';
import { parseNumber, REJECT } from '../login/values.js';
import type { Session } from '../session/session.js';
import type { Connection } from './connection.js';

/** Tags of text exchanges need only differ from none. */
const EXCHANGE_TAG = 1;

/** Text requests of the full feature phase (RFC 7143 11.10): SendTargets, and a new MaxRecvDataSegmentLength. */
export class TextExchange {
  readonly #connection: Connection;
  readonly #session: Session;
  /** What has come of a request that goes on. */
  #received: Uint8Array[] = [];
  #receivedLength = 0;
  /** What is left to send of a response. */
  #pending: Uint8Array | null = null;
  #isBusy = false;

  constructor(connection: Connection, session: Session) {
    this.#connection = connection;
    this.#session = session;
  }

  request(header: Uint8Array, data: Uint8Array): void {
    const request = textRequest.decode(header);
    const { initiatorTaskTag, targetTransferTag } = request;
    if (this.#isBusy) {
      this.#connection.reject(REJECT_REASON.PROTOCOL_ERROR, header, 0);
      return;
    }
    if (request.continue && request.final) {
      this.#reset();
      this.#connection.reject(REJECT_REASON.PROTOCOL_ERROR, header, 0);
      return;
    }
    if (targetTransferTag === NO_TAG) this.#reset();
    else if (targetTransferTag !== EXCHANGE_TAG || (this.#pending === null && this.#received.length === 0)) {
      this.#connection.reject(REJECT_REASON.INVALID_PDU_FIELD, header, 0);
      return;
    }
    if (this.#pending !== null) {
      this.#sendPart(initiatorTaskTag, request.lun);
      return;
    }
    this.#receivedLength += data.length;
    if (this.#receivedLength > this.#connection.limits.textLength) {
      this.#reset();
      this.#connection.reject(REJECT_REASON.PROTOCOL_ERROR, header, 0);
      return;
    }
    this.#received.push(data);
    if (request.continue) {
      this.#send(initiatorTaskTag, request.lun, new Uint8Array(0), false, false);
      return;
    }
    const text = Buffer.concat(this.#received);
    this.#reset();
    void this.#answer(text, header, initiatorTaskTag, request.lun);
  }

  #reset(): void {
    this.#received = [];
    this.#receivedLength = 0;
    this.#pending = null;
  }

  async #answer(text: Uint8Array, header: Uint8Array, tag: number, lun: Uint8Array): Promise<void> {
    const connection = this.#connection;
    this.#isBusy = true;
    try {
      const answers: KeyValue[] = [];
      for (const [key, value] of decodeText(text)) {
        if (key === 'SendTargets') answers.push(...(await this.#sendTargets(value)));
        else answers.push(...this.#negotiate(key, value));
      }
      if (!connection.isOpen) return;
      this.#pending = encodeText(answers);
      this.#sendPart(tag, lun);
    } catch {
      // Not a text, or a host that cannot say what it has.
      if (connection.isOpen) connection.reject(REJECT_REASON.PROTOCOL_ERROR, header, 0);
    } finally {
      this.#isBusy = false;
      connection.scheduleFlush();
    }
  }

  #negotiate(key: string, value: string): KeyValue[] {
    const { parameters, writer } = this.#connection;
    const answer = answerKey(key, value, 'full-feature', { offer: this.#session.offer, session: this.#session.parameters, connection: parameters });
    const length = parseNumber(value);
    if (key === 'MaxRecvDataSegmentLength' && answer === null && length !== undefined) writer.maxDataLength = parameters.maxXmitDataSegmentLength;
    return answer === null ? [] : [[key, answer]];
  }

  /** Appendix C: All in a discovery session; a name, or nothing for the session's own target, in either. */
  async #sendTargets(which: string): Promise<KeyValue[]> {
    const { host } = this.#connection.context;
    const session = this.#session;
    const isDiscovery = session.kind === 'discovery';
    if (which === 'All' ? !isDiscovery : which === '' && isDiscovery) return [['SendTargets', REJECT]];
    let targets = await host.discover(session.initiator);
    if (which !== 'All') {
      const name = which === '' ? session.targetName : which.toLowerCase();
      targets = targets.filter((target) => target.targetName === name && (isDiscovery || name === session.targetName));
    }
    return targets.flatMap((target) => this.#describe(target));
  }

  #describe({ targetName, portals }: DiscoveredTarget): KeyValue[] {
    const { localAddress, localPort } = this.#connection.addresses;
    const own = [{ address: localAddress, port: localPort }];
    return [['TargetName', targetName], ...(portals ?? own).map((portal): KeyValue => ['TargetAddress', targetAddress(portal)])];
  }

  #sendPart(tag: number, lun: Uint8Array): void {
    const pending = this.#pending;
    if (pending === null) return;
    const longest = this.#connection.writer.maxDataLength;
    const part = pending.subarray(0, longest);
    const isLast = part.length === pending.length;
    this.#pending = isLast ? null : pending.subarray(part.length);
    this.#send(tag, lun, part, isLast, !isLast);
  }

  /** `continues`: the text goes on in the next response. */
  #send(tag: number, lun: Uint8Array, text: Uint8Array, isFinal: boolean, continues: boolean): void {
    const targetTransferTag = isFinal ? NO_TAG : EXCHANGE_TAG;
    this.#connection.writer.send(textResponse.encode({ final: isFinal, continue: continues, initiatorTaskTag: tag, targetTransferTag, lun }), text);
  }
}
