import { parseArgs } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { formatCommands, recordCommands } from './command-record.js';
import { replayCommands } from './command-replay.js';
import { Difference } from './difference.js';
import { createKernelMachine, whyNoKernelMachine } from './kernel-machine.js';
import { createMachine, type Door, DOORS } from './machine.js';
import { whyNotOnKernel } from './not-on-kernel.js';
import { findRecordings, type Recording, readRecording, RecordingError } from './recording.js';
import { formatTree, recordTree } from './tree-record.js';
import { replayTree } from './tree-replay.js';

const HELP = `Usage: npm run replay -- [options] PATH…

Replays recordings of a real SCST (files *.jsonl or *.jsonl.gz, or folders of them) against the user-space core
and compares every step: names, modes, link targets, errno, text, status, sense, residual and data.

Options:
  --through DOOR    memory (default), remote (the unix socket), mount (a FUSE mount of the tree), or kernel: the
                    kernel's own SCST, in a virtual machine (npm run test:vm -- real-scst, scsi-commands;
                    npm run fuzz -w @scst/e2e makes random ones there)
  --profile NAME    recorded (default), scst or t10
  --jobs N          recordings replayed at once (default: the number of processors)
  --quiet           print only recordings that fail, and the count
  --record FOLDER   compare nothing: write recordings with what comes out here to NAME.jsonl in FOLDER
  --json            one JSON object per recording, and one with the count
  --help            this text

Exit status: 0 all passed, 1 some failed, 2 wrong usage or nothing to replay.
`;

interface Report {
  file: string;
  name: string;
  passed: boolean;
  steps: number;
  seconds: number;
  difference?: { line: number; step: string; expected: string; actual: string };
  error?: string;
  /** Why it was not replayed. */
  skipped?: string;
}

const PROFILES = ['recorded', 'scst', 't10'] as const;

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      through: { type: 'string', default: 'memory' },
      profile: { type: 'string', default: 'recorded' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      record: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const door = [...DOORS, 'kernel' as const].find((name) => name === values.through);
  const profile = PROFILES.find((name) => name === values.profile);
  const jobs = Number(values.jobs);
  if (door === undefined) return usage(`--through ${values.through}: expected ${DOORS.join(', ')}, kernel`);
  if (profile === undefined) return usage(`--profile ${values.profile}: expected ${PROFILES.join(', ')}`);
  if (!Number.isInteger(jobs) || jobs < 1) return usage(`--jobs ${values.jobs}: expected a number of at least 1`);
  if (positionals.length === 0) return usage('no PATH given');

  const reason = door === 'kernel' ? whyNoKernelMachine() : undefined;
  if (reason !== undefined) return usage(`--through kernel: ${reason}`);
  if (door === 'kernel' && jobs !== 1) return usage('--through kernel: there is one kernel; give --jobs 1');

  const files = await findRecordings(positionals);
  if (files.length === 0) return usage(`no recordings (*.jsonl, *.jsonl.gz) in ${positionals.join(', ')}`);

  const reports: Report[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const report = await replay(file, { door, profile, record: values.record });
      reports.push(report);
      print(report, values);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));

  const passed = reports.filter((report) => report.passed).length;
  const skipped = reports.filter((report) => report.skipped !== undefined).length;
  const failed = reports.length - passed - skipped;
  console.log(values.json ? JSON.stringify({ passed, failed, skipped }) : `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
  return failed === 0 ? 0 : 1;
};

const usage = (problem: string): number => {
  process.stderr.write(`replay: ${problem}\n\n${HELP}`);
  return 2;
};

interface Through {
  door: Door | 'kernel';
  profile: (typeof PROFILES)[number];
  /** The folder of what is recorded instead of compared. */
  record: string | undefined;
}

const replay = async (file: string, { door, profile, record }: Through): Promise<Report> => {
  const started = performance.now();
  let recording: Recording | undefined;
  const report = (rest: Partial<Report>): Report => ({
    file,
    name: recording?.name ?? file,
    passed: false,
    steps: recording?.steps.length ?? 0,
    seconds: (performance.now() - started) / 1000,
    ...rest,
  });
  try {
    recording = await readRecording(file);
    const skipped = door === 'kernel' ? whyNotOnKernel(recording) : undefined;
    if (skipped !== undefined) return report({ skipped });
    // SCSI commands were recorded with the initiator's own scanning switched off.
    await using machine = door === 'kernel' ? await createKernelMachine(recording.kind) : await createMachine({ door, profile, scan: recording.kind === 'tree' ? 'auto' : 'manual' });
    if (record !== undefined) {
      const text = recording.kind === 'tree' ? formatTree(await recordTree(recording, machine)) : formatCommands(await recordCommands(recording, machine));
      await writeFile(join(record, `${recording.name}.jsonl`), text);
    } else if (recording.kind === 'tree') await replayTree(recording, machine);
    else await replayCommands(recording, machine);
    return report({ passed: true });
  } catch (error) {
    if (error instanceof Difference) {
      const { line, step, expected, actual } = error;
      return report({ difference: { line, step, expected, actual } });
    }
    if (error instanceof RecordingError) return report({ error: error.message });
    return report({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};

const print = (report: Report, { quiet, json }: { quiet: boolean; json: boolean }): void => {
  if (json) {
    console.log(JSON.stringify(report));
    return;
  }
  if (report.passed) {
    if (!quiet) console.log(`ok   ${report.name} (${report.steps} steps)`);
    return;
  }
  if (report.skipped !== undefined) {
    console.log(`SKIPPED ${report.name}: ${report.skipped}`);
    return;
  }
  console.log(`FAIL ${report.name}`);
  const { difference } = report;
  if (difference !== undefined) {
    console.log(`  line ${difference.line}: ${difference.step}\n    expected ${difference.expected}\n    got      ${difference.actual}`);
  }
  if (report.error !== undefined) console.log(`  ${report.error}`);
};

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`replay: ${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
