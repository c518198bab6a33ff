// Uses the native parts of this machine's architecture, as far as that can be done without a SCSI device: see check-native-arm64.mjs. Needs a build.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileIo, whyNotNative } from '@scst/file-io';
import { SgDevice } from '@scst/sg-io';

const require = createRequire(import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'scst-native-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

/** @scst/file-io: the page cache, holes and extents of a file. */
const useFileIo = async () => {
  assert.equal(whyNotNative(), undefined);
  const io = fileIo();
  assert.equal(io.native, true);
  const file = await open(join(directory, 'file'), 'w+');
  await file.write(Buffer.alloc(1 << 20, 0x5a));
  const buffer = Buffer.alloc(4096);
  const cached = io.readCached(file.fd, buffer, 8192);
  // A file in memory may have no such reads.
  assert.ok(cached === -1 || (cached === 4096 && buffer.every((byte) => byte === 0x5a)), `${cached} bytes were read`);
  const punched = await io.punchHole(file.fd, 65_536, 131_072);
  if (punched) {
    assert.ok((await file.read(Buffer.alloc(131_072), 0, 131_072, 65_536)).buffer.every((byte) => byte === 0));
    const extents = await io.extents(file.fd, 0, 1 << 20);
    assert.ok(extents === undefined || extents.reduce((sum, { length }) => sum + length, 0) === 1 << 20);
  }
  await assert.rejects(io.punchHole(9999, 0, 4096), { code: 'EBADF' });
  await file.close();
  return { cached, punched };
};

/** Layout of a slot of @scst/sg-io's pool (src/native/pool.h), and an ioctl that needs no device: how many bytes wait in a FIFO. */
const [SLOT, FD, REQUEST, ERROR, FIONREAD, EBADF] = [1024, 1008, 1012, 1016, 0x541b, 9];

/** @scst/sg-io: ioctls on threads of its own, many at a time. */
const useSgIo = async () => {
  // The package loads it, and knows a node that is none of sg.
  await assert.rejects(SgDevice.open('/dev/null'), { name: 'SgError' });
  const binding = require(join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'sg-io', 'prebuilds', `linux-${process.arch}.node`));
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  const fifo = openSync(join(directory, 'fifo'), constants.O_RDWR);
  writeSync(fifo, 'hello');
  const count = 256;
  let ended = 0;
  await new Promise((resolve) => {
    const memory = binding.open(count, 32, 1000, (some) => {
      ended += some;
      if (ended < count) return;
      for (let slot = 0; slot < count; slot++) {
        assert.equal(view.getInt32(slot * SLOT + ERROR, true), slot % 3 === 0 ? EBADF : 0);
        if (slot % 3 !== 0) assert.equal(view.getInt32(slot * SLOT, true), 5);
      }
      resolve();
    });
    assert.equal(binding.address(memory) % 8n, 0n);
    const view = new DataView(memory, 0, count * SLOT);
    const submitted = new Uint32Array(memory, count * SLOT, count);
    for (let slot = 0; slot < count; slot++) {
      view.setInt32(slot * SLOT + FD, slot % 3 === 0 ? 9999 : fifo, true);
      view.setUint32(slot * SLOT + REQUEST, FIONREAD, true);
      submitted[slot] = slot;
    }
    binding.submit(count);
  });
  return { ioctls: ended };
};

console.log(`${process.platform} ${process.arch}, Node ${process.versions.node}:`, { ...(await useFileIo()), ...(await useSgIo()) });
