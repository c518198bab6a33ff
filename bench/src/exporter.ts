import { ScstCollector } from '@scst/exporter';
import { isSupported, mount } from '@scst/fuse';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Embedded, embedded, TARGET } from './embedded.js';
import { type Scrape } from './exporter-scraper.js';
import { compare, type Verdict } from './measure.js';

const SESSIONS = 1_000;
const LUNS = 10;
const GOAL = 3;

/** Where the attributes are that a scrape reads, as find(1) matches paths. Latency is not measured here, and so not read. */
const READ = [
  ...['measure_latency', 'version', 'threads', 'suspend'].map((name) => `./${name}`),
  './targets/scst_local/version',
  './targets/scst_local/stats',
  './targets/*/luns/*/read_only',
  ...['initiator_name', 'transport_id', '*_cmd_count', '*_io_count_kb', 'lun*/active_commands'].map((name) => `./targets/*/sessions/*/${name}`),
  ...['filename', 'type', 'usn', 'size', 'blocksize', 'active', 'read_only', 'thin_provisioned', 'block', 'pr_state'].map((name) => `./devices/*/${name}`),
  './sgv/*/stats',
  './sgv/global_stats',
];

// The child changes directory itself: spawn's `cwd` would have this process wait for its own mount. A session's `luns` is a link, and the
// directories of what is not read are passed by.
const FIND = `cd "$1" && find . \\( -name latency -o -path ./handlers -o -path ./device_groups -o -name exported \\) -prune -o -type f \\( ${READ.map((path) => `-path '${path}'`).join(' -o ')} \\)`;

const run = async (script: string, directory: string): Promise<string> => {
  const child = spawn('bash', ['-c', script, 'bash', directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await once(child, 'close');
  return text.trim();
};

const findAndCat = async (directory: string): Promise<number> => {
  const started = performance.now();
  await run(`${FIND} -exec cat {} + > /dev/null`, directory);
  return performance.now() - started;
};

const scrape = async (child: ChildProcess): Promise<Scrape> => {
  const answer = once(child, 'message');
  child.send('scrape');
  return (await answer)[0] as Scrape;
};

const fill = async ({ core: { tree } }: Embedded): Promise<void> => {
  for (let number = 0; number < LUNS; number++) {
    await tree.write('handlers/vdisk_nullio/mgmt', `add_device d${number}`);
    await tree.write(`${TARGET}/luns/mgmt`, `add d${number} ${number}`);
  }
  for (let number = 1; number < SESSIONS; number++) await tree.write('targets/scst_local/mgmt', `add_session scst_local_tgt s${number}`);
};

/** A scrape of many sessions against find and cat over the same attributes of the same mounted tree. */
export const exporter = async (): Promise<Verdict[]> => {
  const support = await isSupported();
  if (!support.supported) {
    console.log(`skipped: ${support.reason}`);
    return [];
  }
  await using scst = await embedded();
  await fill(scst);
  const directory = join(scst.directory, 'mounted');
  await mkdir(directory);
  const mounted = await mount(scst.core.tree, directory);
  const child = fork(fileURLToPath(new URL('./exporter-scraper.js', import.meta.url)), [directory]);
  try {
    const first = await scrape(child);
    const found = Number(await run(`${FIND} -print | wc -l`, directory));
    console.log(`${first.files.toLocaleString('en-US')} attributes, ${first.series.toLocaleString('en-US')} series; find matches ${found.toLocaleString('en-US')}`);
    if (first.files !== found || !first.complete) throw new Error(`the scrape read ${first.files} attributes and find matches ${found}: they do not compare`);
    const peer = { name: 'find and cat', measure: () => findAndCat(directory) };
    const title = `a scrape of ${SESSIONS.toLocaleString('en-US')} sessions of ${LUNS} LUNs against find and cat of the same attributes of a mounted copy`;
    const goal = { kind: 'at most', ratio: GOAL } as const;
    const collector = new ScstCollector({ tree: scst.core.tree }, { limits: { timeout: 60_000 } });
    return [
      await compare({ title: `${title}, through that mount`, unit: 'ms', rounds: 3, ours: { name: 'exporter', measure: async () => (await scrape(child)).milliseconds }, peer, goal }),
      await compare({
        title: `${title}, in the process itself`,
        unit: 'ms',
        rounds: 3,
        ours: {
          name: 'exporter',
          measure: async () => {
            const started = performance.now();
            await collector.metrics();
            return performance.now() - started;
          },
        },
        peer,
        goal,
      }),
    ];
  } finally {
    child.kill();
    await mounted.unmount();
  }
};
