import { readU32, readU8 } from '@scst/scsi';
import { HEADER_LENGTH, IMMEDIATE, AT, NO_TAG, OPCODE, OPCODE_MASK } from '../pdu/opcode.js';
import { LOGOUT_REASON, logoutRequest, nopOut, taskManagementRequest } from '../pdu/initiator-pdus.js';
import { LOGOUT_RESPONSE, logoutResponse, nopIn, REJECT_REASON, taskManagementResponse } from '../pdu/target-pdus.js';
import type { Session } from '../session/session.js';
import type { Connection } from './connection.js';
import { TaskManagement } from './task-management.js';
import { TextExchange } from './text-exchange.js';

/** The requests of the full feature phase that are not SCSI commands or their data. */
export class Requests {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #management: TaskManagement;
  readonly #text: TextExchange;

  constructor(connection: Connection, session: Session) {
    this.#connection = connection;
    this.#session = session;
    this.#management = new TaskManagement(connection, session);
    this.#text = new TextExchange(connection, session);
  }

  /** The data of a request is only there until this returns. */
  request(header: Uint8Array, at: number, data: Uint8Array, dataAt: number, dataLength: number, isIntact: boolean): void {
    const connection = this.#connection;
    if (!isIntact) {
      // 7.8: it would have to be sent again, which needs a higher error recovery level.
      connection.reject(REJECT_REASON.DATA_DIGEST_ERROR, header, at);
      connection.flush();
      connection.drop('a data digest is wrong');
      return;
    }
    const opcode = readU8(header, at) & OPCODE_MASK;
    const run = this.#handlerOf(opcode);
    if (run === undefined) {
      const isSnack = opcode === OPCODE.SNACK_REQUEST;
      connection.reject(isSnack ? REJECT_REASON.SNACK_REJECT : REJECT_REASON.COMMAND_NOT_SUPPORTED, header, at);
      return;
    }
    const isImmediate = (readU8(header, at) & IMMEDIATE) !== 0;
    // A ping's answer has no tag, is always immediate, and stands for nothing that CmdSN counts.
    const place = isImmediate ? 'now' : this.#session.place(readU32(header, at + AT.CMD_SN));
    if (place === 'outside') return;
    const ownHeader = header.slice(at, at + HEADER_LENGTH);
    const ownData = data.slice(dataAt, dataAt + dataLength);
    if (place === 'early') {
      this.#session.keepEarly(readU32(header, at + AT.CMD_SN), () => {
        run(ownHeader, ownData, false);
        connection.scheduleFlush();
      });
      return;
    }
    run(ownHeader, ownData, isImmediate);
    if (!isImmediate) this.#session.runEarly();
  }

  #handlerOf(opcode: number): ((header: Uint8Array, data: Uint8Array, isImmediate: boolean) => void) | undefined {
    switch (opcode) {
      case OPCODE.NOP_OUT:
        return this.#nopOut;
      case OPCODE.TASK_MANAGEMENT_REQUEST:
        return this.#session.kind === 'normal' ? this.#taskManagement : undefined;
      case OPCODE.TEXT_REQUEST:
        return this.#textRequest;
      case OPCODE.LOGOUT_REQUEST:
        return this.#logout;
      default:
        return undefined;
    }
  }

  readonly #nopOut = (header: Uint8Array, data: Uint8Array, isImmediate: boolean): void => {
    if (!isImmediate) this.#session.openWindow();
    const { initiatorTaskTag, targetTransferTag } = nopOut.decode(header);
    const connection = this.#connection;
    if (initiatorTaskTag === NO_TAG) {
      if (targetTransferTag !== NO_TAG && !connection.liveness.answered(targetTransferTag)) connection.reject(REJECT_REASON.INVALID_PDU_FIELD, header, 0);
      return;
    }
    // 11.19: as much of the ping's data as the initiator takes in one PDU.
    const echo = data.length <= connection.writer.maxDataLength ? data : data.subarray(0, connection.writer.maxDataLength);
    connection.writer.send(nopIn.encode({ final: true, initiatorTaskTag, targetTransferTag: NO_TAG }), echo);
  };

  readonly #taskManagement = (header: Uint8Array, _data: Uint8Array, isImmediate: boolean): void => {
    const connection = this.#connection;
    const session = this.#session;
    if (isImmediate) {
      if (session.immediates >= connection.limits.immediateCommands) {
        connection.reject(REJECT_REASON.TOO_MANY_IMMEDIATE, header, 0);
        return;
      }
      session.immediates++;
    }
    const request = taskManagementRequest.decode(header);
    void this.#management.run(request).then((response) => {
      if (isImmediate) session.immediates--;
      else session.openWindow();
      if (response === undefined || !connection.isOpen) return;
      connection.writer.send(taskManagementResponse.encode({ final: true, response, initiatorTaskTag: request.initiatorTaskTag }));
      connection.scheduleFlush();
    });
  };

  readonly #textRequest = (header: Uint8Array, data: Uint8Array, isImmediate: boolean): void => {
    if (!isImmediate) this.#session.openWindow();
    this.#text.request(header, data);
  };

  readonly #logout = (header: Uint8Array, _data: Uint8Array, isImmediate: boolean): void => {
    const connection = this.#connection;
    const session = this.#session;
    if (!isImmediate) session.openWindow();
    const { reason, cid, initiatorTaskTag } = logoutRequest.decode(header);
    const answer = (response: number): void => {
      const { defaultTime2Wait: time2Wait } = session.parameters;
      connection.writer.send(logoutResponse.encode({ final: true, response, initiatorTaskTag, time2Wait, time2Retain: 0 }));
    };
    if (reason === LOGOUT_REASON.CLOSE_SESSION) {
      answer(LOGOUT_RESPONSE.CLOSED);
      this.#log('logged out');
      connection.endAfterFlush('logged out');
      void session.end('logged out');
    } else if (reason === LOGOUT_REASON.CLOSE_CONNECTION) {
      const other = session.connectionsByCid.get(cid);
      answer(other === undefined ? LOGOUT_RESPONSE.NO_SUCH_CID : LOGOUT_RESPONSE.CLOSED);
      if (other !== undefined) {
        this.#log(`logged connection ${cid} out`);
        other.endAfterFlush('logged out');
      }
    } else if (reason === LOGOUT_REASON.REMOVE_FOR_RECOVERY) {
      answer(LOGOUT_RESPONSE.RECOVERY_NOT_SUPPORTED);
    } else {
      connection.reject(REJECT_REASON.INVALID_PDU_FIELD, header, 0);
    }
  };

  #log(message: string): void {
    const { initiator, targetName } = this.#session;
    this.#connection.context.log({ kind: 'logout', message, connection: this.#connection.addresses, initiatorName: initiator.initiatorName, targetName });
  }
}
