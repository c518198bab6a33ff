/**
 * The program of the thread that waits for requests. Node can wait for a device only by a read that blocks, and a thread of its own
 * does not take one of the few of libuv's pool for ever.
 *
 * It is a text because it must be found in every build: a bundler leaves no file behind that `new Worker` could name, and a function
 * turned to text would carry what a compiler or a coverage tool put into it.
 *
 * `control[STOP]` is set by the main thread, which from then on sends no more replies; the next request then ends the thread, which
 * closes the device, and that ends the connection for every program. Until then only the main thread may close the device: a number
 * closed here could be another file's when the main thread writes a reply to it. `control[ENDED]` tells that the thread is done.
 */
export const READER_SOURCE = `'use strict';
const { closeSync, readSync } = require('node:fs');
const { parentPort, workerData: { fd, size, control, STOP, ENDED } } = require('node:worker_threads');
const flags = new Int32Array(control);
const buffer = Buffer.allocUnsafeSlow(size);
let attached = false;
let code;
while (code === undefined) {
  try {
    const length = readSync(fd, buffer, 0, size, null);
    attached = true;
    if (Atomics.load(flags, STOP) === 1) break;
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
