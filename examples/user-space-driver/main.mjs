// Runs the driver of parcel-driver.mjs, and talks to it as an initiator would.
//
//   node examples/user-space-driver/main.mjs
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Scst } from '@scst/local';
import { serveParcel } from './parcel-driver.mjs';

const scst = await Scst.open({ connect: 'embedded' });
await scst.handler('vdisk_nullio').add('disk1', { size_mb: 64 });
const parcel = await serveParcel(scst, 'parcel_target');
await parcel.target.luns.add('disk1', 0);

const socket = connect(parcel.port, '127.0.0.1');
const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
const ask = async (line) => {
  socket.write(`${line}\n`);
  return JSON.parse((await answers.next()).value);
};

console.log('logged in:', (await ask('parcel:5001020304050607')).welcome);
console.log('sessions:', (await parcel.target.sessions()).map(({ name }) => name).join(', '));
// The first command hears of the reset that a new nexus begins with.
await ask('{ "lun": 0, "cdb": "000000000000" }');
const { status, data } = await ask('{ "lun": 0, "cdb": "120000002400", "in": 36 }');
console.log('INQUIRY:', status, Buffer.from(data, 'hex').toString('latin1', 8, 32));
console.log('LUN 5:', (await ask('{ "lun": 5, "cdb": "000000000000" }')).sense.slice(4, 6) === '05' ? 'LOGICAL UNIT NOT SUPPORTED' : 'there');

// LUNs that come and go are told.
await parcel.target.luns.add('disk1', 1);
console.log('LUNs added:', JSON.parse((await answers.next()).value).luns.added.join(', '));

socket.end();
await parcel.close();
console.log('targets left:', (await scst.driver().targets()).map(({ name }) => name).join(', '));
await scst.close();
