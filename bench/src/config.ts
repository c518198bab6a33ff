import { apply, parse, plan, save } from '@scst/config';
import { isSupported, mount } from '@scst/fuse';
import { HostTree, type SysfsTree } from '@scst/sysfs';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compilePeer, type CPeer } from './config-peer.js';
import { devicesAndLuns, luns, ofSize, type Write, writesFor } from './config-texts.js';
import { embedded, type Embedded } from './embedded.js';
import { compare, type Cost, type Verdict } from './measure.js';

const FEW = 1_000;
const MANY = 10_000;
const ROUNDS = 3;
/** A ratio of two sizes of one thing needs more: the first rounds still find the code cold. */
const GROWTH_ROUNDS = 7;
const PARSED = 10_000_000;
const PARSE_GOAL = 0.5;
/** Seconds scstadmin took for 1,000 devices on a mounted tree; used where it is not at hand (SCSTADMIN). */
const SCSTADMIN = { reapply: 18.8, save: 573 };

/** Milliseconds. */
const timed = async (work: () => Promise<unknown>): Promise<Cost> => {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const value = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { value, processor: (user + system) / 1000 };
};

const fresh = async <T>(work: (scst: Embedded) => Promise<T>): Promise<T> => {
  await using scst = await embedded();
  return await work(scst);
};

/** An apply of a configuration for which everything has to be done; milliseconds. */
const applyAll = async (tree: SysfsTree, text: string): Promise<Cost> =>
  await timed(async () => {
    const { converged } = await apply(tree, text);
    if (!converged) throw new Error('the apply left something out');
  });

const bareLoop = async (tree: SysfsTree, writes: readonly Write[]): Promise<Cost> =>
  await timed(async () => {
    for (const { path, data } of writes) await tree.write(path, data);
  });

const onMount = async <T>(measure: (mountPoint: string) => Promise<T>): Promise<T> =>
  await fresh(async ({ core, directory }) => {
    const mountPoint = join(directory, 'mounted');
    await mkdir(mountPoint);
    const mounted = await mount(core.tree, mountPoint);
    try {
      return await measure(mountPoint);
    } finally {
      await mounted.unmount();
    }
  });

const againstC = async (peer: CPeer): Promise<Verdict> =>
  await compare({
    title: 'apply of 1,000 devices and LUNs on a mounted tree against a loop in C',
    unit: 'ms',
    rounds: ROUNDS,
    ours: { name: 'apply', measure: () => onMount((mountPoint) => applyAll(new HostTree({ root: mountPoint }), devicesAndLuns(FEW))) },
    peer: { name: 'C', measure: () => onMount((mountPoint) => peer.measure(mountPoint, writesFor(FEW))) },
    goal: { kind: 'at most', ratio: 1.5 },
  });

const mountedApply = async (): Promise<Verdict[]> => {
  const support = await isSupported();
  if (!support.supported) {
    console.log(`skipped the apply on a mounted tree: ${support.reason}`);
    return [];
  }
  return await fresh(async ({ directory }) => {
    const peer = await compilePeer(directory);
    if ('measure' in peer) return [await againstC(peer)];
    console.log(`skipped the apply on a mounted tree: ${peer.skipped}`);
    return [];
  });
};

/** Seconds of a call of scstadmin, which finds the tree at /sys/kernel/scst_tgt as it was mounted there. */
const scstadmin = async (words: readonly string[]): Promise<number | undefined> => {
  const program = process.env['SCSTADMIN'];
  if (program === undefined || program === '') return undefined;
  return (await timed(() => promisify(execFile)(program, [...words]))).value / 1000;
};

const inSeconds = ({ value, processor }: Cost): Cost => ({ value: value / 1000, processor });

interface Standing {
  title: string;
  measure: () => Promise<Cost>;
  peer: () => Promise<number>;
  share: number;
}

const seconds = async ({ title, measure, peer, share }: Standing): Promise<Verdict> =>
  await compare({
    title,
    unit: 's',
    rounds: ROUNDS,
    ours: { name: 'ours', measure: async () => inSeconds(await measure()) },
    peer: { name: 'scstadmin', measure: peer },
    goal: { kind: 'at most', ratio: share },
  });

/** What is done again and again on a standing configuration. */
const standing = async (): Promise<Verdict[]> =>
  await fresh(async ({ core: { tree }, directory }) => {
    const text = devicesAndLuns(FEW);
    const [file, written] = [join(directory, 'scst.conf'), join(directory, 'written.conf')];
    await writeFile(file, text);
    await applyAll(tree, text);
    const unchanged = async (): Promise<void> => {
      const { changes } = await apply(tree, text);
      if (changes !== 0) throw new Error('a second apply changed something');
    };
    const reapplied = async (): Promise<number> => (await scstadmin(['-config', file, '-noprompt'])) ?? SCSTADMIN.reapply;
    const wrote = async (): Promise<number> => (await scstadmin(['-write_config', written])) ?? SCSTADMIN.save;
    return [
      await seconds({ title: 'plan of an unchanged configuration of 1,000 devices against scstadmin', measure: () => timed(() => plan(tree, text)), peer: reapplied, share: 1 / 20 }),
      await seconds({ title: 'apply of an unchanged configuration of 1,000 devices against scstadmin', measure: () => timed(unchanged), peer: reapplied, share: 1 / 20 }),
      await seconds({ title: 'save of 1,000 devices against scstadmin', measure: () => timed(() => save(tree, join(directory, 'saved.conf'))), peer: wrote, share: 1 / 100 }),
    ];
  });

/** What ten times as much costs. The small one runs as often as the large one, and in the same process: the compiler knows both alike. */
const growth = async (title: string, measure: (count: number) => Promise<Cost>): Promise<Verdict> =>
  await compare({
    title,
    unit: 'ms',
    rounds: GROWTH_ROUNDS,
    ours: { name: String(MANY), measure: () => measure(MANY) },
    peer: { name: String(FEW), measure: () => measure(FEW) },
    goal: { kind: 'at most', ratio: 12 },
  });

const saveOf = async (count: number): Promise<Cost> =>
  await fresh(async ({ core: { tree }, directory }) => {
    await bareLoop(tree, writesFor(count));
    return await timed(() => save(tree, join(directory, 'saved.conf')));
  });

const parsing = async (): Promise<Verdict> => {
  const text = ofSize(PARSED);
  return await compare({
    title: `parse of ${PARSED / 1_000_000} MB`,
    unit: 's',
    ours: {
      name: 'parse',
      measure: async () =>
        inSeconds(
          await timed(() => {
            const { diagnostics } = parse(text);
            return diagnostics.length > 0 ? Promise.reject(new Error('the text is not well formed')) : Promise.resolve();
          }),
        ),
    },
    peer: { name: 'the goal', measure: () => PARSE_GOAL },
    goal: { kind: 'at most', ratio: 1 },
  });
};

export const config = async (): Promise<Verdict[]> => [
  await compare({
    title: 'apply of 1,000 devices and LUNs against a bare loop of the same writes',
    unit: 'ms',
    // Less than a second each: more rounds cost little and steady the ratio.
    rounds: 9,
    ours: { name: 'apply', measure: () => fresh(({ core }) => applyAll(core.tree, devicesAndLuns(FEW))) },
    peer: { name: 'loop', measure: () => fresh(({ core }) => bareLoop(core.tree, writesFor(FEW))) },
    goal: { kind: 'at most', ratio: 1.5 },
  }),
  ...(await mountedApply()),
  ...(await standing()),
  await growth('save of 10,000 devices and LUNs against 1,000', saveOf),
  await growth('apply of 10,000 LUNs against 1,000', (count) => fresh(({ core }) => applyAll(core.tree, luns(count)))),
  await parsing(),
];
