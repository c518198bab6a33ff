// `npm run bench:iscsi`: our iSCSI target beside those in C, in one run: the same file on tmpfs, the same clients, rounds in turn.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { qemuBench, randomReads } from './clients.js';
import { type Contender } from './contender.js';
import { openIdleSessions } from './idle-sessions.js';
import { startIstgt } from './istgt.js';
import { median } from '../median.js';
import { startOurs } from './ours.js';
import { cpuTime, residentMemory } from './process-cost.js';
import { startTgtd } from './tgtd.js';

const MIB = 1 << 20;
const FILE_SIZE = 256 * MIB;
const BLOCK = 4096;
const LARGE = 128 * 1024;
/** Writes go to and fro over the file: 1,025 blocks further each time. */
const SCATTERED = 1025 * BLOCK;
const IDLE_SESSIONS = 100;

interface Work {
  readonly title: string;
  readonly unit: string;
  readonly measure: (contender: Contender) => Promise<number>;
  /** Ratio of ours to each of the others. */
  readonly goals: Readonly<Record<string, { readonly kind: '≥' | '≤'; readonly ratio: number }>>;
}

const seconds = Number(process.env['SCST_BENCH_SECONDS'] ?? 3);
const rounds = Number(process.env['SCST_BENCH_ROUNDS'] ?? 5);

const atLeast = (tgtd: number, istgt: number): Work['goals'] => ({ tgtd: { kind: '≥', ratio: tgtd }, istgt: { kind: '≥', ratio: istgt } });

const WORKS: readonly Work[] = [
  { title: '4 KiB random read, depth 1', unit: 'IOPS', goals: atLeast(1.3, 1.1), measure: ({ url }) => randomReads(url, { depth: 1, bytes: BLOCK, seconds }) },
  { title: '4 KiB random read, depth 32', unit: 'IOPS', goals: atLeast(2, 1.5), measure: ({ url }) => randomReads(url, { depth: 32, bytes: BLOCK, seconds }) },
  { title: '4 KiB scattered write, depth 32', unit: 'IOPS', goals: atLeast(2, 1.5), measure: ({ url }) => qemuBench(url, { count: 20_000 * seconds, depth: 32, bytes: BLOCK, step: SCATTERED, write: true }) },
  { title: '128 KiB sequential read, depth 8', unit: 'MB/s', goals: atLeast(1.2, 1.2), measure: async ({ url }) => (await qemuBench(url, { count: 5000 * seconds, depth: 8, bytes: LARGE })) * LARGE / 1e6 },
  { title: '128 KiB sequential write, depth 8', unit: 'MB/s', goals: atLeast(1.2, 1), measure: async ({ url }) => (await qemuBench(url, { count: 3000 * seconds, depth: 8, bytes: LARGE, write: true })) * LARGE / 1e6 },
  {
    title: 'CPU per 1,000 reads of 4 KiB, depth 32',
    unit: 'ms',
    goals: { tgtd: { kind: '≤', ratio: 1 }, istgt: { kind: '≤', ratio: 1 } },
    measure: async ({ url, pid }) => {
      const before = await cpuTime(pid);
      const perSecond = await randomReads(url, { depth: 32, bytes: BLOCK, seconds });
      return ((await cpuTime(pid)) - before) / ((perSecond * seconds) / 1000);
    },
  },
];

/** The most memory 100 sessions that wait may take, in MB. */
const IDLE_GOAL = 100;

const main = async (): Promise<number> => {
  const missing = ['tgtd', 'tgtadm', 'istgt', 'iscsi-perf', 'qemu-img'].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  const others = ['tgtd', 'istgt'].filter((name) => !missing.includes(name));
  for (const program of missing) console.log(`${program} is not installed${program === 'tgtd' || program === 'istgt' ? ': measured without it' : ''}`);
  if (missing.includes('iscsi-perf') || missing.includes('qemu-img')) return 2;
  // A file on tmpfs: the disk is not what is measured.
  const shared = '/dev/shm';
  const directory = await mkdtemp(join(existsSync(shared) ? shared : tmpdir(), 'scst-bench-iscsi-'));
  const contenders: Contender[] = [];
  try {
    const file = join(directory, 'disk.img');
    await writeFile(file, Buffer.alloc(FILE_SIZE, 0xa5));
    const port = Number(process.env['SCST_BENCH_PORT'] ?? 13_360);
    contenders.push(await startOurs(file, port, directory));
    if (others.includes('tgtd')) contenders.push(await startTgtd(file, port + 1));
    if (others.includes('istgt')) contenders.push(await startIstgt(file, port + 2, directory));
    return await compareAll(contenders);
  } finally {
    for (const contender of contenders.reverse()) await contender[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  }
};

const compareAll = async (contenders: readonly Contender[]): Promise<number> => {
  const names = contenders.map(({ name }) => name);
  const rivals = names.filter((name) => name !== 'ours');
  console.log(`| work | ${names.join(' | ')} | ${rivals.map((name) => `ours : ${name} (goal)`).join(' | ')} |`);
  console.log(`|---|${names.map(() => '---|').join('')}${rivals.map(() => '---|').join('')}`);
  let missed = 0;
  for (const work of chosen()) {
    const results = await inTurn(work, contenders);
    const ours = results.get('ours') ?? Number.NaN;
    const ratios = rivals.map((name) => {
      const ratio = ours / (results.get(name) ?? Number.NaN);
      const goal = work.goals[name];
      const met = goal === undefined || (goal.kind === '≥' ? ratio >= goal.ratio : ratio <= goal.ratio);
      if (!met) missed += 1;
      return `${ratio.toFixed(2)} × (${goal?.kind ?? ''} ${goal?.ratio ?? ''}${met ? '' : ', missed'})`;
    });
    console.log(`| ${work.title}, ${work.unit} | ${names.map((name) => show(results.get(name))).join(' | ')} | ${ratios.join(' | ')} |`);
  }
  const memory: string[] = [];
  for (const contender of contenders) {
    const sessions = await openIdleSessions(contender, IDLE_SESSIONS);
    memory.push(((await residentMemory(contender.pid)) / 1e6).toFixed(0));
    await sessions[Symbol.asyncDispose]();
  }
  const met = Number(memory[0]) <= IDLE_GOAL;
  if (!met) missed += 1;
  console.log(`| memory with ${IDLE_SESSIONS} idle sessions, MB | ${memory.join(' | ')} | ≤ ${IDLE_GOAL} in all${met ? '' : ', missed'} |${rivals.slice(1).map(() => ' |').join('')}`);
  return missed === 0 ? 0 : 1;
};

/** Only works whose title holds one of the words given, if any is. */
const chosen = (): readonly Work[] => {
  const words = process.argv.slice(2);
  return words.length === 0 ? WORKS : WORKS.filter(({ title }) => words.some((word) => title.includes(word)));
};

/** Medians of rounds taken in turn, so that all meet the same weather. One unmeasured round each warms up. */
const inTurn = async (work: Work, contenders: readonly Contender[]): Promise<ReadonlyMap<string, number>> => {
  const results = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const contender of contenders) {
      const result = await work.measure(contender);
      if (round >= 0) results.get(contender.name)?.push(result);
    }
  }
  return new Map([...results].map(([name, values]) => [name, median(values)]));
};

const show = (value = Number.NaN): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3));

process.exitCode = await main();
