// `npm run conformance [-- --only RUN… --profile PROFILE --quick]`: libiscsi's test suite against our iSCSI target; writes docs/conformance.md.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { countOf, readLog } from './cu-log.js';
import { passedOver, report, type RunResult, shortfalls } from './report.js';
import { type Run, RUNS } from './runs.js';
import { TARGET, TargetProcess } from './target-process.js';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    profile: { type: 'string' },
    /** Where to write the table; nothing is written without it. */
    document: { type: 'string' },
    port: { type: 'string', default: '13370' },
    /** Another build of scst-iscsi-target. */
    program: { type: 'string' },
  },
});

/** Seconds a run may take. */
const LIMIT = 600;

const runTool = async (run: Run): Promise<string> => {
  const url = (address: string): string => `iscsi://${address}:${options.port}/${TARGET}/0`;
  const tool = spawn('timeout', [String(LIMIT), 'iscsi-test-cu', '-d', '-S', '-V', '-t', run.tests, url('127.0.0.1'), url('127.0.0.2')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  for (const stream of [tool.stdout, tool.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
  const [code] = (await once(tool, 'close')) as [number | null];
  const text = Buffer.concat(parts).toString('latin1');
  if (code === 124) throw new Error(`${run.name}: the suite did not end within ${LIMIT} s; the last it said: ${text.slice(-500)}`);
  if (code === 255 || code === 10) throw new Error(`${run.name}: ${text.slice(-500)}`);
  return text;
};

const conduct = async (run: Run, profile: 'scst' | 't10'): Promise<RunResult> => {
  await using target = await TargetProcess.start({ ...run, profile, program: options.program, portals: [`127.0.0.1:${options.port}`, `127.0.0.2:${options.port}`] });
  const started = performance.now();
  const results = readLog(await runTool(run));
  if (target.hasEnded) throw new Error(`${profile} ${run.name}: the server ended: ${target.log}`);
  const { sessions, memory } = await settled(target);
  const { pass, fail, skip } = countOf(results);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${profile} ${run.name}: ${pass} passed, ${fail} failed, ${skip} skipped of ${results.length} in ${seconds} s; ${(memory / 1e6).toFixed(0)} MB, ${sessions} sessions left`);
  for (const { name, outcome, reasons } of results) if (outcome === 'fail') console.log(`  FAIL ${name}: ${reasons.join('; ')}`);
  if (sessions > 0) throw new Error(`${profile} ${run.name}: ${sessions} sessions are left behind`);
  return { profile, run, results };
};

/** The target's state once the sessions of an initiator that has left have ended, or after some seconds. */
const settled = async (target: TargetProcess): ReturnType<TargetProcess['state']> => {
  let state = await target.state();
  for (let tries = 0; tries < 50 && state.sessions > 0; tries++) {
    await sleep(100);
    state = await target.state();
  }
  return state;
};

const main = async (): Promise<number> => {
  if (spawnSync('sh', ['-c', 'command -v iscsi-test-cu']).status !== 0) {
    console.error('iscsi-test-cu is not installed (Debian: libiscsi-bin)');
    return 2;
  }
  const all: RunResult[] = [];
  for (const profile of ['scst', 't10'] as const) {
    if (options.profile !== undefined && options.profile !== profile) continue;
    for (const run of RUNS) {
      if (!run.profiles.includes(profile) || options.only?.includes(run.name) === false) continue;
      all.push(await conduct(run, profile));
    }
  }
  if (options.document !== undefined) await writeFile(options.document, report(all));
  console.log(`profile t10: ${passedOver(all, 't10')} of 230 really passed over its runs; profile scst: ${passedOver(all, 'scst')}`);
  const short = shortfalls(all);
  for (const line of short) console.log(`short of a goal: ${line}`);
  return short.length === 0 ? 0 : 1;
};

process.exitCode = await main();
