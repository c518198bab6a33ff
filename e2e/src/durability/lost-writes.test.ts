import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ScstCore } from '@scst/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const BLOCK = 512;

let directory: string;
const undo: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-lost-'));
});

afterEach(async () => {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

/** A disk of the core on a file or a block device, and a way to send commands to it: `good`, or the sense data’s key and codes. */
const disk = async (handler: string, file: string, parameters = ''): Promise<{ core: ScstCore; send: (cdb: readonly number[], out?: Uint8Array) => Promise<string> }> => {
  const core = new ScstCore({ profile: 't10', stateDirectory: join(directory, 'state') });
  undo.push(() => core.close());
  for (const name of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(name);
  await core.tree.write(`handlers/${handler}/mgmt`, `add_device disk filename=${file}${parameters}`);
  await core.tree.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add disk 0');
  const unit = core.nexus('scst_local_tgt', 'scst_local_host', 0);
  await unit.execute({ cdb: new Uint8Array(6) });
  return {
    core,
    send: async (cdb, dataOut) => {
      const { status, sense } = await unit.execute({ cdb: Uint8Array.from(cdb), dataOut });
      return status === 0 ? 'good' : [sense[2], sense[12], sense[13]].map((byte) => (byte ?? 0).toString(16).padStart(2, '0')).join('/');
    },
  };
};

const write = (lba: number, blocks: number, fua = 0): readonly number[] => [0x2a, fua, 0, 0, lba >> 8, lba & 0xff, 0, blocks >> 8, blocks & 0xff, 0];
const SYNCHRONIZE = [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const SYNCHRONIZE_IMMED = [0x35, 0x02, 0, 0, 0, 0, 0, 0, 0, 0];
const WRITE_FAULT = '03/03/00';

describe('a block device that loses what it was given', () => {
  /** A loop device of 64 MiB on a file system that holds 4. Undefined where there can be none. */
  const failingDevice = async (): Promise<string | undefined> => {
    if (process.getuid?.() !== 0) return undefined;
    const small = join(directory, 'small');
    await mkdir(small);
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]);
      undo.push(() => run('umount', ['--lazy', small]));
      await writeFile(join(small, 'disk'), '');
      await truncate(join(small, 'disk'), 64 * MIB);
      const device = (await run('losetup', ['--find', '--show', join(small, 'disk')])).stdout.trim();
      undo.push(() => run('losetup', ['--detach', device]));
      return device;
    } catch {
      return undefined;
    }
  };

  it.each([
    ['asks', [SYNCHRONIZE, SYNCHRONIZE], [WRITE_FAULT, WRITE_FAULT]],
    ['does not wait for the first answer', [SYNCHRONIZE_IMMED, SYNCHRONIZE], ['good', WRITE_FAULT]],
  ] as const)('never says that it is stable again, to an initiator that %s', async (_, flushes, expected) => {
    const device = await failingDevice();
    if (device === undefined) {
      console.warn('skipped: a loop device on a small file system needs root, mount and losetup');
      return;
    }
    const { core, send } = await disk('vdisk_blockio', device);
    const mib = new Uint8Array(MIB).fill(0xa5);
    for (let at = 0; at < 16; at++) expect(await send(write(at * 2048, 2048), mib)).toBe('good');
    const found: string[] = [];
    for (const flush of flushes) {
      found.push(await send(flush));
      // What is flushed without an answer takes its time.
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(found).toEqual(expected);
    expect(await send(write(0, 1, 0x08), new Uint8Array(BLOCK))).toBe(WRITE_FAULT);
    await core.tree.write('devices/disk/active', '0');
    await core.tree.write('devices/disk/active', '1');
    expect(await send(write(0, 1, 0x08), new Uint8Array(BLOCK))).toBe('good');
  });
});
