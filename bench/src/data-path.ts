import { type NexusLogicalUnit, type ScsiTask } from '@scst/core';
import { cdb, STATUS } from '@scst/scsi';
import { open as openCallback, read as readCallback, close as closeCallback } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { embedded, TARGET } from './embedded.js';
import { compare, perSecond, type Verdict } from './measure.js';

const BLOCK = 4096;
const BLOCKS_512 = BLOCK / 512;
const FILE_SIZE = 64 << 20;
const DEPTH = 32;
const NULL_READS = 400_000;
const FILE_READS = 60_000;

/** READ (16) of 4 KiB at one depth, through the submit path: each completion starts the next command. */
const reads = (unit: NexusLogicalUnit, count: number, depth: number, span: number): Promise<void> =>
  new Promise((resolve, reject) => {
    let [started, finished] = [0, 0];
    let failed = false;
    const make = (): ScsiTask => ({
      cdb: cdb.read16({ lba: 0n, transferLength: BLOCKS_512 }),
      dataOut: null,
      dataIn: new Uint8Array(BLOCK),
      attribute: 'simple',
      status: 0,
      sense: new Uint8Array(),
      residual: 0,
      aborted: false,
      done,
    });
    const ready: ScsiTask[] = [];
    let pumping = false;
    // Completions may come before submit returns: they queue up here instead of nesting.
    const pump = (): void => {
      if (pumping) return;
      pumping = true;
      for (let task = ready.pop(); task !== undefined && started < count; task = ready.pop()) {
        const block = (started * 7919) % span;
        new DataView(task.cdb.buffer, task.cdb.byteOffset).setUint32(6, block * BLOCKS_512);
        started++;
        unit.submit(task);
      }
      pumping = false;
    };
    function done(task: ScsiTask): void {
      if (task.status !== STATUS.GOOD && !failed) {
        failed = true;
        reject(new Error(`READ (16) ended with status ${task.status}, sense ${Buffer.from(task.sense).toString('hex')}`));
      }
      finished++;
      if (finished === count) resolve();
      ready.push(task);
      pump();
    }
    for (let index = 0; index < depth; index++) ready.push(make());
    pump();
  });

/** The same reads with nothing but fs.read. */
const bareReads = (fd: number, count: number, depth: number, span: number): Promise<void> =>
  new Promise((resolve, reject) => {
    let [started, finished] = [0, 0];
    const next = (buffer: Uint8Array): void => {
      if (started >= count) return;
      const position = ((started * 7919) % span) * BLOCK;
      started++;
      readCallback(fd, buffer, 0, BLOCK, position, (error) => {
        if (error !== null) reject(error);
        finished++;
        if (finished === count) resolve();
        else next(buffer);
      });
    };
    for (let index = 0; index < depth; index++) next(new Uint8Array(BLOCK));
  });

/** On a cached file, against the bare loop; `ratio`: what is asked for. */
const cachedFile = (unit: NexusLogicalUnit, fd: number, depth: number, span: number, ratio: number): Promise<Verdict> =>
  compare({
    title: `READ (16) 4 KiB on vdisk_fileio, cached file, depth ${depth}, against fs.read`,
    unit: 'reads/s',
    ours: { name: 'core', measure: () => perSecond(FILE_READS, () => reads(unit, FILE_READS, depth, span)) },
    peer: { name: 'fs.read', measure: () => perSecond(FILE_READS, () => bareReads(fd, FILE_READS, depth, span)) },
    goal: { kind: 'at least', ratio },
  });

/** READ (16) on vdisk_nullio against the number the project asks for, and on a cached file against a bare loop of fs.read. */
export const dataPath = async (): Promise<Verdict[]> => {
  await using scst = await embedded();
  const { core, directory } = scst;
  const file = join(directory, 'disk.img');
  await writeFile(file, Buffer.alloc(FILE_SIZE, 0x5a));
  await core.tree.write('handlers/vdisk_nullio/mgmt', 'add_device null1');
  await core.tree.write('handlers/vdisk_fileio/mgmt', `add_device disk1 filename=${file}`);
  await core.tree.write(`${TARGET}/luns/mgmt`, 'add null1 0');
  await core.tree.write(`${TARGET}/luns/mgmt`, 'add disk1 1');
  const nullUnit = core.nexus('scst_local_tgt', 'scst_local_host', 0);
  const fileUnit = core.nexus('scst_local_tgt', 'scst_local_host', 1);
  for (const unit of [nullUnit, fileUnit]) await unit.execute({ cdb: new Uint8Array(6) });

  const fd = await promisify(openCallback)(file, 'r');
  const span = FILE_SIZE / BLOCK;
  try {
    return [
      await compare({
        title: 'READ (16) 4 KiB on vdisk_nullio',
        unit: 'commands/s',
        ours: { name: 'core', measure: () => perSecond(NULL_READS, () => reads(nullUnit, NULL_READS, 1, span)) },
        peer: { name: 'the number asked for', measure: () => 500_000 },
        goal: { kind: 'at least', ratio: 1 },
      }),
      await cachedFile(fileUnit, fd, 1, span, 0.6),
      await cachedFile(fileUnit, fd, DEPTH, span, 0.6),
    ];
  } finally {
    await promisify(closeCallback)(fd);
  }
};
