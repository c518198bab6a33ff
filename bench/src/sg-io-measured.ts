// Runs in the virtual machine, as root: SG_IO from Node against programs in C, on a disk of scsi_debug. Prints its verdicts as JSON.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cdb, STATUS } from '@scst/scsi';
import { SgDevice } from '@scst/sg-io';
import { compare, type Contestant, type Verdict } from './measure.js';

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('../src/peer/sg-reads.c', import.meta.url));
const BLOCK = 4096;
const BLOCKS_512 = BLOCK / 512;
const DEPTH = 32;
const COUNT = 10_000;
/** Fio keeps one descriptor for each job, and one takes no more than 16 commands: at a depth of 32 it ends with EDOM, which two jobs of 16 do not. */
const [FIO_JOBS, FIO_DEPTH, FIO_SECONDS] = [2, 16, 2];
/** Nanoseconds that a slow command takes, how many are in flight, and what that makes at best. */
const [SLOW, SLOW_DEPTH, SLOW_COUNT] = [10_000_000, 64, 6400];
/** Nanoseconds that a command of a solid-state disk takes, about. */
const SOLID_STATE = 100_000;
const IDEAL = (SLOW_DEPTH * 1e9) / SLOW;

/** Microseconds of processor time for each command, by contestant; the last round counts. */
const cpu = new Map<string, number>();

const timed = async (name: string, count: number, work: () => void | Promise<void>): Promise<number> => {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  cpu.set(name, (user + system) / count);
  return (count * 1000) / milliseconds;
};

const good = ({ status }: { readonly status: number }): void => {
  if (status !== STATUS.GOOD) throw new Error(`READ(10) ended with status ${status}`);
};

const request = (index: number, dataIn: Uint8Array) => ({ cdb: cdb.read10({ lba: (index * BLOCKS_512) % 256, transferLength: BLOCKS_512 }), dataIn });

const synchronous = (name: string, device: SgDevice): Contestant => ({
  name,
  measure: () => timed(name, COUNT, () => {
    const buffer = new Uint8Array(BLOCK);
    for (let index = 0; index < COUNT; index++) good(device.executeSync(request(index, buffer)));
  }),
});

const asynchronous = (name: string, device: SgDevice, depth: number, count = COUNT): Contestant => ({
  name,
  measure: () => timed(name, count, async () => {
    let started = 0;
    const lane = async (): Promise<void> => {
      const buffer = new Uint8Array(BLOCK);
      while (started < count) good(await device.execute(request(started++, buffer)));
    };
    await Promise.all(Array.from({ length: depth }, lane));
  }),
});

const peer = (name: string, program: string, node: string, threads: number): Contestant => ({
  name,
  measure: async () => {
    const { stdout } = await run(program, [node, `${threads}`, `${COUNT}`, `${BLOCK}`]);
    const [seconds = Number.NaN, processor = Number.NaN] = stdout.split(' ').map(Number);
    const done = Math.floor(COUNT / threads) * threads;
    cpu.set(name, (processor * 1e6) / done);
    return done / seconds;
  },
});

interface FioJob {
  readonly error: number;
  readonly usr_cpu: number;
  readonly sys_cpu: number;
  readonly read: { readonly iops: number; readonly total_ios: number };
}

const fioReads = async (node: string, depth: number, jobs: number): Promise<FioJob> => {
  const words = ['--name=reads', `--filename=${node}`, '--ioengine=sg', '--rw=randread', `--bs=${BLOCK}`, `--iodepth=${depth}`, `--numjobs=${jobs}`, '--group_reporting', '--size=4m', '--time_based', `--runtime=${FIO_SECONDS}`, '--output-format=json'];
  // A job that fails makes its exit status 1, and is told of all the same.
  const stdout = await run('fio', words).then(({ stdout: text }) => text, (error: unknown) => (error as { stdout?: string }).stdout ?? '');
  const [job] = (JSON.parse(stdout.slice(stdout.indexOf('{'))) as { jobs: FioJob[] }).jobs;
  if (job === undefined) throw new Error(`fio told of no job: ${stdout}`);
  return job;
};

/** Fio's own word for its rate; `told` is given the job. */
const fio = (name: string, node: string, depth: number, jobs: number, told: (job: FioJob) => void): Contestant => ({
  name,
  measure: async () => {
    const job = await fioReads(node, depth, jobs);
    told(job);
    if (job.error === 0) cpu.set(name, (((job.usr_cpu + job.sys_cpu) / 100) * jobs * 1e6) / job.read.iops);
    return job.read.iops;
  },
});

/** Rounds before the measured ones, in which Node compiles what runs often, on the one processor there is: it is done after some 70,000 commands. */
const WARM_UP = 8;

const versus = async (title: string, ours: Contestant, theirs: Contestant, ratio: number, rounds = 3): Promise<Verdict> => {
  for (let round = 0; round < WARM_UP; round++) await ours.measure();
  const verdict = await compare({ title, unit: 'commands/s', ours, peer: theirs, goal: { kind: 'at least', ratio }, rounds });
  const [mine, other] = [ours.name, theirs.name].map((name) => cpu.get(name));
  const processor = `processor time for each command: ours ${mine?.toFixed(0) ?? '?'} µs${other === undefined ? '' : `, against ${other.toFixed(0)} µs`}`;
  return { ...verdict, beside: processor };
};

/** At the depth that is asked for, and at two of half that. `threads`: what as many threads in C did, a second. */
const againstFio = async (device: SgDevice, node: string, threads: number): Promise<Verdict[]> => {
  const title = `READ(10) of 4 KiB through sg, ${DEPTH} at a time, against`;
  const ours = asynchronous('deep', device, DEPTH);
  let ending = '';
  const whole = await versus(`${title} fio's sg engine at a depth of ${DEPTH}`, ours, fio('fio', node, DEPTH, 1, ({ error, read }) => {
    if (error !== 0) ending = `; fio ended with errno ${error} after ${read.total_ios} commands, and this is the rate it tells of them`;
  }), 5);
  const halves = await versus(`${title} ${FIO_JOBS} jobs of fio's sg engine at a depth of ${FIO_DEPTH}`, ours, fio('jobs of fio', node, FIO_DEPTH, FIO_JOBS, ({ error }) => {
    if (error !== 0) throw new Error(`fio ended with errno ${error}`);
  }), 2);
  return [
    { ...whole, beside: `${whole.beside ?? ''}${ending}` },
    { ...halves, beside: `${halves.beside ?? ''}; the threads in C: ${(threads / halves.peer).toFixed(2)} ×` },
  ];
};

const findDevice = async (): Promise<{ sg: string; bsg: string }> => {
  const devices = '/sys/bus/scsi/devices';
  for (let attempt = 0; attempt < 100; attempt++) {
    for (const address of await readdir(devices)) {
      try {
        if ((await readFile(join(devices, address, 'model'), 'utf8')).trim() !== 'scsi_debug') continue;
        const [name] = await readdir(join(devices, address, 'scsi_generic'));
        if (name !== undefined) return { sg: `/dev/${name}`, bsg: `/dev/bsg/${address}` };
      } catch {
        // A host or a target, or not there yet.
      }
    }
    await delay(100);
  }
  throw new Error('scsi_debug has no device');
};

const measureAll = async (program: string): Promise<Verdict[]> => {
  await run('modprobe', ['sg']);
  await run('modprobe', ['scsi_debug', 'delay=0', 'dev_size_mb=8']);
  const { sg, bsg } = await findDevice();
  await using device = await SgDevice.open(sg, { depth: DEPTH });
  await using deep = await SgDevice.open(bsg, { depth: SLOW_DEPTH });
  for (let attempt = 0; attempt < 8 && device.executeSync({ cdb: cdb.testUnitReady() }).status !== STATUS.GOOD; attempt++);
  const alone = peer('a loop in C', program, sg, 1);
  const verdicts = [
    await versus('READ(10) of 4 KiB through sg, one at a time on the calling thread, against a loop in C', synchronous('sync', device), alone, 0.6),
    await versus('READ(10) of 4 KiB through sg, one at a time with await, against a loop in C', asynchronous('async', device, 1), alone, 0.2),
  ];
  const together = await versus(`READ(10) of 4 KiB through sg, ${DEPTH} at a time, against ${DEPTH} threads in C with a descriptor each`, asynchronous('deep', device, DEPTH), peer('threads in C', program, sg, DEPTH), 0.6);
  verdicts.push(together);
  const hasFio = await run('fio', ['--version']).then(() => true, () => false);
  if (hasFio) verdicts.push(...(await againstFio(device, sg, together.peer)));
  else console.error('sg-io: nothing is compared with fio, which is not installed (Debian package fio)');
  const makeSlow = (nanoseconds: number): Promise<void> => writeFile('/sys/bus/pseudo/drivers/scsi_debug/ndelay', `${nanoseconds}\n`);
  await makeSlow(SOLID_STATE);
  verdicts.push(await versus(`READ(10) of 4 KiB that takes ${SOLID_STATE / 1000} µs, through sg, ${DEPTH} at a time, against ${DEPTH} threads in C with a descriptor each`, asynchronous('waiting', device, DEPTH), peer('waiting threads in C', program, sg, DEPTH), 0.6));
  await makeSlow(SLOW);
  verdicts.push(await versus(`commands of ${SLOW / 1e6} ms through bsg, ${SLOW_DEPTH} at a time, against the ideal`, asynchronous('slow', deep, SLOW_DEPTH, SLOW_COUNT), { name: 'ideal', measure: () => IDEAL }, 0.9));
  return verdicts;
};

const directory = await mkdtemp(join(tmpdir(), 'scst-bench-'));
try {
  const program = join(directory, 'sg-reads');
  await run('gcc', ['-O2', '-o', program, SOURCE, '-lpthread']);
  console.log(JSON.stringify({ verdicts: await measureAll(program) }));
} finally {
  await rm(directory, { recursive: true, force: true });
}
