import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Contender } from './contender.js';

const HEADER = 48;
/** Milliseconds in which a target has to answer a login. */
const LOGIN_WITHIN = 30_000;

/** Logs in and then says nothing: sessions that wait. Each has an initiator port of its own. */
export const openIdleSessions = async ({ port, targetName }: Contender, count: number): Promise<AsyncDisposable> => {
  const sockets: Socket[] = [];
  for (let number = 1; number <= count; number++) sockets.push(await logIn(port, targetName, number));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sockets.map(async (socket) => {
        if (socket.closed) return;
        socket.destroy();
        await once(socket, 'close');
      }));
    },
  };
};

const logIn = async (port: number, targetName: string, number: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(loginRequest({ InitiatorName: `iqn.2026-11.com.example:idle${number}`, TargetName: targetName, SessionType: 'Normal', HeaderDigest: 'None', DataDigest: 'None' }, number));
  const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(LOGIN_WITHIN) })) as [Buffer];
  // Opcode 23h, a Login Response; status class and detail are bytes 36 and 37 (RFC 7143 11.13).
  if (answer[0] !== 0x23 || answer.readUInt16BE(36) !== 0) throw new Error(`login ${number} was refused: status ${answer.readUInt16BE(36).toString(16)}h`);
  socket.on('error', () => undefined);
  return socket;
};

/** A Login Request (RFC 7143 11.12) that goes from operational negotiation to the full feature phase at once. */
const loginRequest = (keys: Readonly<Record<string, string>>, number: number): Buffer => {
  const text = Buffer.from(Object.entries(keys).map(([key, value]) => `${key}=${value}\0`).join(''));
  const request = Buffer.alloc(HEADER + Math.ceil(text.length / 4) * 4);
  request[0] = 0x43;
  // T, CSG 1, NSG 3.
  request[1] = 0x87;
  request.writeUIntBE(text.length, 5, 3);
  // ISID: random format, the session's number as its qualifier.
  request[8] = 0x80;
  request.writeUInt16BE(number, 12);
  request.writeUInt32BE(1, 16);
  text.copy(request, HEADER);
  return request;
};
