import { createIscsiEngine, type ConnectionTransport, type IscsiNexus } from '@scst/iscsi';
import { compare, type Verdict } from './measure.js';

const DEPTH = 32;
const BLOCK = 4096;
const HEADER = 48;
const ROUNDS = 4000;
const TARGET = 'iqn.2026-11.com.example:bench';

/** As SCSI has it: data of a command that is there at once, so that only the engine is measured. */
const nexus: IscsiNexus = {
  submit: (_lun, task) => {
    task.status = 0;
    task.residual = 0;
    task.done(task);
  },
  abort: () => undefined,
  manage: () => Promise.resolve('complete'),
  close: () => Promise.resolve(),
};

const header = (opcode: number, fill: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.alloc(HEADER);
  bytes[0] = opcode;
  fill(bytes);
  return bytes;
};

const loginRequest = (): Buffer => {
  const keys = [`InitiatorName=iqn.2026-11.com.example:host`, `TargetName=${TARGET}`, 'MaxRecvDataSegmentLength=262144', 'InitialR2T=No', 'ImmediateData=Yes'];
  const text = Buffer.from(`${keys.join('\0')}\0`);
  const padded = Buffer.concat([text], (text.length + 3) & ~3);
  const request = header(0x43, (bytes) => {
    // T, from the operational stage to the full feature phase; CmdSN 1.
    bytes[1] = 0x87;
    bytes.writeUIntBE(text.length, 5, 3);
    bytes.writeUInt32BE(1, 24);
  });
  return Buffer.concat([request, padded]);
};

/** READ (10) or WRITE (10) of 4 KiB, as many as the depth says. The numbers are set round by round. */
const commands = (isWrite: boolean): Buffer =>
  Buffer.concat(
    Array.from({ length: DEPTH }, (_, index) => {
      const command = header(0x01, (bytes) => {
        bytes[1] = (isWrite ? 0xa0 : 0xc0) | 1;
        if (isWrite) bytes.writeUIntBE(BLOCK, 5, 3);
        bytes.writeUInt32BE(index + 1, 16);
        bytes.writeUInt32BE(BLOCK, 20);
        bytes[32] = isWrite ? 0x2a : 0x28;
        bytes.writeUInt16BE(BLOCK / 512, 39);
      });
      return isWrite ? Buffer.concat([command, Buffer.alloc(BLOCK)]) : command;
    }),
  );

/** Commands per second through the engine, a chunk of them at a time, as a socket at that depth gives them. */
const throughEngine = async (isWrite: boolean): Promise<number> => {
  const target = { targetName: TARGET, openNexus: () => nexus };
  const engine = createIscsiEngine({ discover: () => [target], findTarget: () => target });
  let bytesOut = 0;
  const waiting: (() => void)[] = [];
  const transport: ConnectionTransport = {
    write: (pieces, sent) => {
      for (const piece of pieces) bytesOut += piece.length;
      waiting.push(sent);
    },
    pause: () => undefined,
    resume: () => undefined,
    end: () => undefined,
    destroy: () => undefined,
  };
  const takeAll = (): void => {
    for (const sent of waiting.splice(0)) sent();
  };
  const connection = engine.accept({ localAddress: '127.0.0.1', localPort: 3260, remoteAddress: '127.0.0.1', remotePort: 5000 }, transport);
  if (connection === undefined) throw new Error('the engine takes no connection');
  connection.receive(loginRequest());
  while (engine.sessions.length === 0) await new Promise((resolve) => setImmediate(resolve));
  takeAll();
  const chunk = commands(isWrite);
  const stride = chunk.length / DEPTH;
  let cmdSn = 1;
  bytesOut = 0;
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    for (let index = 0; index < DEPTH; index++) chunk.writeUInt32BE(cmdSn++, index * stride + 24);
    connection.receive(chunk);
    takeAll();
  }
  const seconds = (performance.now() - started) / 1000;
  const expected = ROUNDS * DEPTH * (isWrite ? HEADER : HEADER + BLOCK);
  if (bytesOut !== expected) throw new Error(`the engine sent ${bytesOut} bytes instead of ${expected}`);
  connection.closed();
  await engine.close();
  return (ROUNDS * DEPTH) / seconds;
};

/** The least there is to do: look at each request's tag and length, and write a response header into one buffer. */
const bareLoop = (isWrite: boolean): number => {
  const chunk = commands(isWrite);
  const stride = chunk.length / DEPTH;
  const answer = isWrite ? HEADER : HEADER + BLOCK;
  const out = Buffer.alloc(DEPTH * answer);
  let statSn = 1;
  let bytesOut = 0;
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    for (let index = 0; index < DEPTH; index++) {
      const at = index * stride;
      const to = index * answer;
      chunk.writeUInt32BE(statSn, at + 24);
      out[to] = isWrite ? 0x21 : 0x25;
      out[to + 1] = isWrite ? 0x80 : 0x81;
      out.writeUInt32BE(isWrite ? 0 : chunk.readUInt32BE(at + 20), to + 4);
      out.writeUInt32BE(chunk.readUInt32BE(at + 16), to + 16);
      out.writeUInt32BE(statSn++, to + 24);
      out.writeUInt32BE(chunk.readUInt32BE(at + 24) + 1, to + 28);
      out.writeUInt32BE(chunk.readUInt32BE(at + 24) + DEPTH, to + 32);
    }
    bytesOut += out.length;
  }
  const seconds = (performance.now() - started) / 1000;
  if (bytesOut !== ROUNDS * DEPTH * answer) throw new Error('the bare loop sent something else');
  return (ROUNDS * DEPTH) / seconds;
};

/** The iSCSI engine without sockets and without a device, against the least a responder can do. */
export const iscsiEngine = async (): Promise<Verdict[]> => {
  const verdicts: Verdict[] = [];
  for (const isWrite of [false, true]) {
    verdicts.push(
      await compare({
        title: `4 KiB ${isWrite ? 'writes' : 'reads'} at depth ${DEPTH} through the iSCSI engine, against a bare loop`,
        unit: 'commands/s',
        ours: { name: 'engine', measure: () => throughEngine(isWrite) },
        peer: { name: 'bare loop', measure: () => bareLoop(isWrite) },
        goal: { kind: 'at least', ratio: 0.15 },
      }),
    );
  }
  return verdicts;
};
