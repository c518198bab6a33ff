import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Longest a client may take, in milliseconds. */
const LIMIT = 60_000;

/** libiscsi's `iscsi-perf`: random reads, per second. */
export const randomReads = async (url: string, { depth, bytes, seconds }: { depth: number; bytes: number; seconds: number }): Promise<number> => {
  const { stdout } = await run('iscsi-perf', ['-m', String(depth), '-b', String(bytes / 512), '-r', '-t', String(seconds), url], { timeout: LIMIT });
  const found = /iops average (\d+)/u.exec(stdout.slice(stdout.lastIndexOf('iops average')))?.[1];
  if (found === undefined) throw new Error(`iscsi-perf said: ${stdout.slice(-500)}`);
  return Number(found);
};

/** `qemu-img bench` with QEMU's iSCSI client: requests per second. */
export const qemuBench = async (url: string, { count, depth, bytes, step, write }: { count: number; depth: number; bytes: number; step?: number; write?: boolean }): Promise<number> => {
  const args = ['bench', '-f', 'raw', '-c', String(count), '-d', String(depth), '-s', String(bytes), ...(step === undefined ? [] : ['-S', String(step)]), ...(write === true ? ['-w'] : []), url];
  const { stdout } = await run('qemu-img', args, { timeout: LIMIT });
  const seconds = /completed in ([\d.]+) seconds/u.exec(stdout)?.[1];
  if (seconds === undefined) throw new Error(`qemu-img bench said: ${stdout.slice(-500)}`);
  return count / Number(seconds);
};
