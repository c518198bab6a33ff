import { encodeLun, readU8 } from '@scst/scsi';
import { crc32c } from '../digest/crc32c.js';
import type { ConnectionAddresses, ConnectionTransport, EngineConnection, IscsiEngine } from '../index.js';
import { PduReader } from '../connection/pdu-reader.js';
import type { HeaderCodec, HeaderField, HeaderValues } from '../pdu/header.js';
import { dataOut, loginRequest, scsiCommand, STAGE, textRequest } from '../pdu/initiator-pdus.js';
import { HEADER_LENGTH, NO_TAG, OPCODE_MASK, padded } from '../pdu/opcode.js';
import { loginResponse, TARGET_PDUS, textResponse } from '../pdu/target-pdus.js';
import { decodeText, encodeText, type KeyValue } from '../pdu/text.js';
import type { ManualEnvironment } from './manual-environment.js';

export const INITIATOR_NAME = 'iqn.2026-11.com.example:host1';
export const TARGET_NAME = 'iqn.2026-11.com.example:disk1';
export const LOCALHOST: ConnectionAddresses = { localAddress: '127.0.0.1', localPort: 3260, remoteAddress: '127.0.0.1', remotePort: 50_000 };

/** A PDU that the target has sent. */
export interface Received {
  readonly opcode: number;
  readonly name: string;
  /** As the codec of its opcode decodes it. */
  readonly values: Readonly<Record<string, boolean | number | Uint8Array>>;
  readonly data: Uint8Array;
}

type CommandValues = Omit<Partial<HeaderValues<(typeof scsiCommand)['fields']>>, 'read' | 'write' | 'lun' | 'cdb'>;

/** What a command expects: bytes to read and to write, immediate data, and fields that are to be other than usual. */
export type CommandInput = CommandValues & { read?: number; write?: number; lun?: number; data?: Uint8Array; additional?: Uint8Array };

/** One connection's both ends in memory: an initiator that sends what a test wants, be it right or wrong. */
export class TestInitiator implements ConnectionTransport {
  readonly environment: ManualEnvironment;
  readonly connection: EngineConnection;
  readonly received: Received[] = [];
  /** Writes of the engine, each with its pieces. */
  readonly writes: number[] = [];
  /** Everything sent to the engine, for recordings. */
  readonly sent: Uint8Array[] = [];
  isEnded = false;
  isPaused = false;
  /** The peer takes nothing: writes stay undone. */
  isStuck = false;
  readonly #stuck: (() => void)[] = [];
  readonly #reader: PduReader;
  headerDigest = false;
  dataDigest = false;
  cmdSn = 1;
  tag = 1;
  isid = Uint8Array.of(0x40, 0, 0, 0, 0, 1);
  tsih = 0;
  cid = 1;
  #collecting = new Uint8Array(0);

  constructor(engine: IscsiEngine, environment: ManualEnvironment, addresses = LOCALHOST) {
    this.environment = environment;
    this.#reader = new PduReader(
      {
        collect: (_header, _at, length) => {
          this.#collecting = new Uint8Array(length);
          this.#reader.collectInto(this.#collecting, 0);
        },
        pdu: (header, at, data, dataAt, dataLength, _collected, isIntact) => {
          if (!isIntact) throw new Error('the target sent a wrong data digest');
          this.#take(header.slice(at, at + HEADER_LENGTH), data.slice(dataAt, dataAt + dataLength));
        },
        broken: (reason) => {
          throw new Error(reason);
        },
      },
      0xff_ffff,
    );
    const connection = engine.accept(addresses, this);
    if (connection === undefined) throw new Error('the engine refuses the connection');
    this.connection = connection;
  }

  // What the engine does.

  write(pieces: readonly Uint8Array[], sent: () => void): void {
    this.writes.push(pieces.length);
    if (!this.isEnded) for (const piece of pieces) this.#reader.receive(piece.slice());
    if (this.isStuck) this.#stuck.push(sent);
    else this.environment.defer(sent);
  }

  /** The peer takes what it has not taken. */
  unstick(): void {
    this.isStuck = false;
    for (const sent of this.#stuck.splice(0)) this.environment.defer(sent);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.isEnded = true;
    this.unstick();
    this.environment.defer(() => {
      this.connection.closed();
    });
  }

  destroy(): void {
    this.end();
  }

  #take(header: Uint8Array, data: Uint8Array): void {
    const opcode = readU8(header, 0) & OPCODE_MASK;
    const codec = TARGET_PDUS.find((one) => one.opcode === opcode);
    if (codec === undefined) throw new Error(`the target sent opcode ${opcode}`);
    this.received.push({ opcode, name: codec.name, values: codec.decode(header), data });
  }

  // What the initiator does.

  #gathered: Uint8Array[] | null = null;

  /** What would have been sent meanwhile, in one piece. */
  gather(run: () => void): Uint8Array {
    const gathered: Uint8Array[] = [];
    this.#gathered = gathered;
    run();
    this.#gathered = null;
    return new Uint8Array(Buffer.concat(gathered));
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void {
    if (this.#gathered !== null) {
      this.#gathered.push(bytes);
      return;
    }
    this.sent.push(bytes);
    this.#intoInbox = !this.#intoInbox;
    if (!this.#intoInbox) {
      const lent = bytes.slice();
      this.connection.receive(lent);
      // It was ours again.
      lent.fill(0xee);
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      const { inbox } = this.connection;
      const piece = bytes.subarray(at, at + inbox.length);
      inbox.set(piece);
      this.connection.received(piece.length);
      at += piece.length;
    }
  }

  /** The two ways to give a connection its bytes, in turn. */
  #intoInbox = false;

  /** A PDU with digests, where they were agreed on. */
  bytesOf(header: Uint8Array, data: Uint8Array = new Uint8Array(0), additional: Uint8Array = new Uint8Array(0)): Uint8Array {
    const start = Buffer.concat([header, additional]);
    start[4] = additional.length / 4;
    start.writeUIntBE(data.length, 5, 3);
    const parts: Uint8Array[] = [start];
    if (this.headerDigest) parts.push(digestOf(start));
    if (data.length > 0) {
      const segment = Buffer.alloc(padded(data.length));
      segment.set(data);
      parts.push(segment);
      if (this.dataDigest) parts.push(digestOf(segment));
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  send(header: Uint8Array, data?: Uint8Array, additional?: Uint8Array): void {
    this.raw(this.bytesOf(header, data, additional));
  }

  /** The PDUs of a name that have come, taken off the list. */
  take(codecName: string): Received[] {
    const found = this.received.filter(({ name }) => name === codecName);
    for (const one of found) this.received.splice(this.received.indexOf(one), 1);
    return found;
  }

  /** The one PDU of a kind that has come. */
  one<Fields extends Readonly<Record<string, HeaderField>>>(codec: HeaderCodec<Fields>): HeaderValues<Fields> & { readonly data: Uint8Array } {
    const found = this.take(codec.name);
    if (found.length !== 1) throw new Error(`${found.length} ${codec.name} came, and: ${this.received.map(({ name }) => name).join(', ')}`);
    const [{ values, data }] = found as [Received];
    return { ...(values as HeaderValues<Fields>), data };
  }

  loginPdu(keys: readonly KeyValue[], values: Partial<HeaderValues<(typeof loginRequest)['fields']>> = {}): Uint8Array {
    const header = loginRequest.encode({
      immediate: true,
      transit: true,
      currentStage: STAGE.OPERATIONAL,
      nextStage: STAGE.FULL_FEATURE,
      isid: this.isid,
      tsih: this.tsih,
      cid: this.cid,
      cmdSn: this.cmdSn,
      initiatorTaskTag: 0x1000,
      ...values,
    });
    return this.bytesOf(header, encodeText(keys));
  }

  /** One login request and its response. */
  async login(keys: readonly KeyValue[], values: Partial<HeaderValues<(typeof loginRequest)['fields']>> = {}) {
    this.raw(this.loginPdu(keys, values));
    await this.environment.settle();
    const response = this.one(loginResponse);
    return { ...response, status: response.statusClass * 256 + response.statusDetail, keys: new Map(decodeText(response.data)) };
  }

  /** Logs in with one request, and what it agrees on. */
  async logIn(keys: readonly KeyValue[] = [], names: readonly KeyValue[] = [['InitiatorName', INITIATOR_NAME], ['TargetName', TARGET_NAME]]): Promise<Map<string, string>> {
    const response = await this.login([...names, ...keys]);
    if (response.status !== 0 || !response.transit) throw new Error(`login failed with ${response.status.toString(16)}`);
    this.tsih = response.tsih;
    this.headerDigest = this.#reader.headerDigest = response.keys.get('HeaderDigest') === 'CRC32C';
    this.dataDigest = this.#reader.dataDigest = response.keys.get('DataDigest') === 'CRC32C';
    return response.keys;
  }

  /** A command PDU; CmdSN and tag are the next ones. */
  command(
    cdb: Uint8Array,
    { read, write, data, lun = 0, additional, ...values }: CommandInput = {},
  ): number {
    const tag = this.tag++;
    const cdb16 = new Uint8Array(16);
    cdb16.set(cdb.subarray(0, 16));
    const header = scsiCommand.encode({
      final: true,
      read: read !== undefined,
      write: write !== undefined,
      attribute: 1,
      lun: encodeLun(lun),
      initiatorTaskTag: tag,
      expectedDataTransferLength: write ?? read ?? 0,
      cmdSn: this.cmdSn,
      cdb: cdb16,
      ...values,
    });
    if (values.immediate !== true) this.cmdSn = (this.cmdSn + 1) >>> 0;
    this.send(header, data, additional);
    return tag;
  }

  dataOut(tag: number, data: Uint8Array, values: Partial<HeaderValues<(typeof dataOut)['fields']>> = {}): void {
    this.send(dataOut.encode({ final: true, initiatorTaskTag: tag, targetTransferTag: NO_TAG, ...values }), data);
  }

  /** A text request and its response; `bytes` instead of keys are sent as they are. */
  async text(keys: readonly KeyValue[] | Uint8Array, values: Partial<HeaderValues<(typeof textRequest)['fields']>> = {}) {
    this.send(textRequest.encode({ final: true, immediate: true, initiatorTaskTag: this.tag++, targetTransferTag: NO_TAG, cmdSn: this.cmdSn, ...values }), keys instanceof Uint8Array ? keys : encodeText(keys));
    await this.environment.settle();
    return this.one(textResponse);
  }
}

const digestOf = (bytes: Uint8Array): Buffer => {
  const digest = Buffer.alloc(4);
  digest.writeUInt32LE(crc32c(bytes, 0, bytes.length));
  return digest;
};

