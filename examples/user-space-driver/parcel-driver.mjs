// A target driver in user space for a made-up transport, "parcel": lines of JSON over TCP. The first line of an initiator names it,
// each further one is a command: { "lun": 0, "cdb": "120000002400", "in": 36 } or with "out": hexadecimal data.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { createTargetDriver } from '@scst/local';
import { encodeTransportId } from '@scst/transport-id';

// Whatever names the transport has, SPC wants them in a TransportID of a kind it knows: here, SAS addresses.
const transportIdOf = (initiator) => encodeTransportId({ protocol: 'sas', sasAddress: BigInt(initiator.replace('parcel:', '0x')) });

/** Serves a SCSI target of the name. The result has the port, and takes everything back when it is closed. */
export const serveParcel = async (scst, targetName) => {
  const driver = await createTargetDriver(scst, { name: 'parcel' });
  const target = await driver.addTarget(targetName, { scsiTransportVersion: 0x0be0 });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    void converse(socket, target).catch((error) => socket.end(`${JSON.stringify({ error: error.message })}\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    target: target.target,
    close: async () => {
      server.close();
      await driver.close();
    },
  };
};

const converse = async (socket, target) => {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const { value: initiator = '' } = await lines.next();
  // An I_T nexus is a session of scst_local: its TransportID is set before its first command.
  const session = await target.addSession(initiator, { transportId: transportIdOf(initiator) });
  const send = (message) => socket.write(`${JSON.stringify(message)}\n`);
  session.watch(({ added, removed, replaced }) => send({ luns: { added, removed, replaced } }));
  send({ welcome: initiator });
  try {
    for await (const line of lines) serve(session, JSON.parse(line), send);
  } finally {
    await session.close();
  }
};

/** One command: no promise is made for it. What the initiator sent is kept until `done`. */
const serve = (session, { lun, cdb, in: length = 0, out = '' }, send) => {
  session.unit(lun).submit({
    cdb: Buffer.from(cdb, 'hex'),
    dataIn: length > 0 ? new Uint8Array(length) : null,
    dataOut: out === '' ? null : Buffer.from(out, 'hex'),
    attribute: 'simple',
    status: 0,
    sense: new Uint8Array(0),
    residual: 0,
    aborted: false,
    done: ({ status, sense, dataIn, residual }) => {
      const data = dataIn === null ? '' : Buffer.from(dataIn.subarray(0, dataIn.length - Math.max(residual, 0))).toString('hex');
      send({ status, data, sense: Buffer.from(sense).toString('hex') });
    },
  });
};
