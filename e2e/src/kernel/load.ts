import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A fio job on one disk. */
export interface FioJob {
  readonly disk: string;
  readonly seconds?: number;
  readonly size?: string;
  readonly depth?: number;
  /** Jobs side by side, each on a part of the disk; 1 unless said. */
  readonly jobs?: number;
}

/** Writes that overlap go one after the other: what is tried again below may pass what was sent after it. */
const VERIFY = ['--serialize_overlap=1', '--rw=randwrite', '--verify=crc32c', '--verify_fatal=1', '--verify_backlog=256'];

/** fio's words for random writes that are read back and verified. */
const words = ({ disk, seconds, size = '8m', depth = 16, jobs = 1 }: FioJob): string[] => [
  '--name=verify',
  `--filename=${disk}`,
  '--ioengine=libaio',
  '--direct=1',
  '--bsrange=512-64k',
  '--blockalign=512',
  `--size=${size}`,
  `--iodepth=${depth}`,
  '--randrepeat=0',
  '--group_reporting',
  ...(jobs > 1 ? [`--numjobs=${jobs}`, `--offset_increment=${size}`] : []),
  ...(seconds === undefined ? [] : [`--runtime=${seconds}`, '--time_based']),
  ...VERIFY,
];

/** A running fio. */
export class Load {
  readonly #process: ChildProcess;
  #output = '';

  constructor(job: FioJob) {
    this.#process = spawn('fio', words(job), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stdout?.on('data', (text: Buffer) => (this.#output += text.toString()));
    this.#process.stderr?.on('data', (text: Buffer) => (this.#output += text.toString()));
  }

  /** Its exit status and what it wrote. */
  async end(): Promise<{ status: number | null; output: string }> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'close');
    return { status: this.#process.exitCode, output: this.#output };
  }
}
