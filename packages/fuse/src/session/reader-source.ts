/**
 * The program of the thread that waits for requests. Node can wait for a device only by a read that blocks, and a thread of its own
 * does not take one of the few of libuv's pool for ever.
 *
 * It is a text because it must be found in every build: a bundler leaves no file behind that `new Worker` could name, and a function
 * turned to text would carry what a compiler or a coverage tool put into it.
 *
 * `control[STOP]` is set by the main thread, which from then on sends no more replies; the next request then ends the thread, which
 * closes the device, and that ends the connection for every program. Until then only the main thread may close the device: a number
 * closed here could be another file's when the main thread writes a reply to it. `control[ENDED]` tells that the thread is done. *
 * A request of the very thread that serves would wait for itself for ever, beyond the reach of any signal: a synchronous call of
 * Node below the mount, or a `spawn` with a `cwd` there, where Node waits until the child, still a copy of itself, has changed to
 * it. Such a request is refused with EDEADLK at once. The child is known by its parent and by its stack, which it shares until it
 * runs its program. Requests nobody waits for are passed on.
 */
export const READER_SOURCE = `'use strict';
const { closeSync, readFileSync, readSync, writeSync } = require('node:fs');
const { parentPort, workerData: { fd, size, control, STOP, ENDED, server, unwaited } } = require('node:worker_threads');
const flags = new Int32Array(control);
const buffer = Buffer.allocUnsafeSlow(size);
const little = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const view = new DataView(buffer.buffer);

const EDEADLK = 35;
const refusal = new DataView(new ArrayBuffer(16));
const refuse = () => {
  refusal.setUint32(0, 16, little);
  refusal.setInt32(4, -EDEADLK, little);
  refusal.setBigUint64(8, view.getBigUint64(8, little), little);
  try {
    writeSync(fd, refusal);
  } catch {
    // It waits no more.
  }
};

const look = (pid) => {
  try {
    const fields = readFileSync('/proc/' + pid + '/stat', 'latin1').split(') ').pop().split(' ');
    return { parent: Number(fields[1]), stack: fields[25] };
  } catch {
    return undefined;
  }
};
const own = server === 0 ? undefined : look(server);
const others = new Set();
const isServer = (pid) => {
  if (own === undefined || pid === 0 || others.has(pid)) return false;
  if (pid === server) return true;
  const process = look(pid);
  if (process !== undefined && process.parent === server && process.stack === own.stack && own.stack !== '0') return true;
  if (others.size >= 256) others.clear();
  others.add(pid);
  return false;
};

let attached = false;
let code;
while (code === undefined) {
  try {
    const length = readSync(fd, buffer, 0, size, null);
    attached = true;
    if (Atomics.load(flags, STOP) === 1) break;
    if (!unwaited.includes(view.getUint32(4, little)) && isServer(view.getUint32(32, little))) {
      refuse();
      continue;
    }
    const message = new Uint8Array(length);
    message.set(buffer.subarray(0, length));
    parentPort.postMessage(message, [message.buffer]);
  } catch (error) {
    if (Atomics.load(flags, STOP) === 1) break;
    // EPERM: the device is not mounted yet. ENOENT: the request was taken back while it was read. EINTR: a signal of no meaning here.
    if (error.code === 'EPERM' && !attached) Atomics.wait(flags, STOP, 0, 1);
    else if (error.code !== 'ENOENT' && error.code !== 'EINTR' && error.code !== 'EAGAIN') code = error.code;
  }
}
const stopped = Atomics.load(flags, STOP) === 1;
if (stopped) closeSync(fd);
Atomics.store(flags, ENDED, 1);
Atomics.notify(flags, ENDED);
parentPort.postMessage({ closed: stopped });
`;
