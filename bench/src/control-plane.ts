import { isSupported, mount } from '@scst/fuse';
import { type SysfsTree } from '@scst/sysfs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { embedded, TARGET } from './embedded.js';
import { compare, type Verdict } from './measure.js';

const FEW = 1_000;
const MANY = 10_000;
const WALKED = 100;

/** Milliseconds to add a number of LUNs to one target and a number of sessions without LUNs to another. */
const grow = async (count: number): Promise<number> => {
  await using scst = await embedded();
  const { tree } = scst.core;
  await tree.write('handlers/vdisk_nullio/mgmt', 'add_device n1');
  await tree.write('targets/scst_local/mgmt', 'add_target sessions');
  const started = performance.now();
  for (let number = 0; number < count; number++) {
    await tree.write(`${TARGET}/luns/mgmt`, `add n1 ${number}`);
    await tree.write('targets/scst_local/mgmt', `add_session sessions s${number}`);
  }
  return performance.now() - started;
};

/** Reads every readable file below a directory; returns their number. */
const walk = async (tree: SysfsTree, path = ''): Promise<number> => {
  let files = 0;
  for (const { name, type } of await tree.list(path)) {
    const child = path === '' ? name : `${path}/${name}`;
    if (type === 'directory') files += await walk(tree, child);
    if (type !== 'file' || name === 'last_sysfs_mgmt_res' || ((await tree.stat(child)).mode & 0o444) === 0) continue;
    await tree.read(child);
    files++;
  }
  return files;
};

// The child changes directory itself: spawn's `cwd` would have this process wait for its own mount.
const FIND = 'cd "$1" && find . -type f -perm -444 ! -name last_sysfs_mgmt_res -print0 | tee >(tr -cd "\\0" | wc -c >&2) | xargs -0 cat > /dev/null';

/** Microseconds a file, of find and cat on a mounted copy. The mount is served by this very process: nothing here may block. */
const findAndCat = async (directory: string): Promise<number> => {
  const started = performance.now();
  const child = spawn('bash', ['-c', FIND, 'bash', directory], { stdio: ['ignore', 'ignore', 'pipe'] });
  let count = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (count += text));
  await once(child, 'close');
  return ((performance.now() - started) * 1000) / Number.parseInt(count, 10);
};

export const controlPlane = async (): Promise<Verdict[]> => {
  const verdicts = [
    await compare({
      title: `adding ${MANY.toLocaleString('en-US')} LUNs and sessions against ${FEW.toLocaleString('en-US')}`,
      unit: 'ms',
      rounds: 3,
      ours: { name: String(MANY), measure: () => grow(MANY) },
      peer: { name: String(FEW), measure: () => grow(FEW) },
      goal: { kind: 'at most', ratio: 12 },
    }),
  ];
  const support = await isSupported();
  if (!support.supported) {
    console.log(`skipped the walk of a mounted tree: ${support.reason}`);
    return verdicts;
  }
  await using scst = await embedded();
  const { core } = scst;
  for (let number = 0; number < WALKED; number++) {
    await core.tree.write('handlers/vdisk_nullio/mgmt', `add_device d${number}`);
    await core.tree.write(`${TARGET}/luns/mgmt`, `add d${number} ${number}`);
  }
  const directory = join(scst.directory, 'mounted');
  await mkdir(directory);
  const mounted = await mount(core.tree, directory);
  try {
    verdicts.push(await walkAgainstFind(core.tree, directory));
  } finally {
    await mounted.unmount();
  }
  return verdicts;
};

const walkAgainstFind = async (tree: SysfsTree, directory: string): Promise<Verdict> =>
  await compare({
    title: 'a full walk of the tree against find and cat on a mounted copy, per file',
      unit: 'µs/file',
      ours: {
        name: 'in memory',
        measure: async () => {
          const started = performance.now();
          const files = await walk(tree);
          return ((performance.now() - started) * 1000) / files;
        },
      },
      peer: { name: 'find and cat', measure: () => findAndCat(directory) },
      goal: { kind: 'at most', ratio: 1 },
    });
