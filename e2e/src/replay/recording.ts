import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CommandSetup, type CommandStep } from './command-steps.js';
import { type TreeScenario, type TreeStep } from './tree-steps.js';

/** A recording of the control surface: writes and reads of attributes. */
export interface TreeRecording {
  kind: 'tree';
  file: string;
  name: string;
  scenario: TreeScenario;
  steps: TreeStep[];
}

/** A recording of the data path: SCSI commands of sessions, with writes between them. */
export interface CommandRecording {
  kind: 'commands';
  file: string;
  name: string;
  setup: CommandSetup;
  steps: CommandStep[];
}

export type Recording = TreeRecording | CommandRecording;

/** A file that is no recording, or a broken one. */
export class RecordingError extends Error {
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file}: ${reason}`, options);
    this.name = 'RecordingError';
  }
}

const isRecording = (name: string): boolean => name.endsWith('.jsonl') || name.endsWith('.jsonl.gz');

/** The recording files named by paths: files as given, folders with everything below them, in order of their names. */
export const findRecordings = async (paths: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) {
      found.push(path);
      continue;
    }
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile() && isRecording(entry.name));
    found.push(...files.map((entry) => join(entry.parentPath, entry.name)).sort());
  }
  return found;
};

/** Reads one recording. Throws {@link RecordingError}. */
export const readRecording = async (file: string): Promise<Recording> => {
  const bytes = await readFile(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]));
  const steps = lines.map(({ line, number }) => {
    try {
      return JSON.parse(line) as { op: string };
    } catch (cause) {
      throw new RecordingError(file, `line ${number} is not JSON`, { cause });
    }
  });
  const [first, ...rest] = steps;
  const name = basename(file).replace(/\.jsonl(\.gz)?$/, '');
  switch (first?.op) {
    case 'scenario':
      return { kind: 'tree', file, name, scenario: first as TreeScenario, steps: rest as TreeStep[] };
    case 'setup':
      return { kind: 'commands', file, name, setup: first as CommandSetup, steps: rest as CommandStep[] };
    default:
      throw new RecordingError(file, 'the first line must be a "scenario" or a "setup"');
  }
};
