import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What the kernel prints when something is wrong with the kernel; the midlayer's own words about commands that failed are not among it. */
const COMPLAINTS = [
  /\bWARNING:/,
  /\bBUG:/,
  /\bOops:/,
  /\bkernel BUG at\b/,
  /general protection fault/,
  /\bINFO: (task|rcu|possible|suspicious)/,
  /possible (recursive|circular) locking/,
  /suspicious RCU usage/,
  /inconsistent lock state/,
  /objects? remaining/i,
  /still has objects/,
  /unreferenced object/,
  /refcount_t:/,
  /cannot create duplicate filename/,
  /standin: left behind/,
];

/** The lines of the kernel's log that report a fault, since it was last cleared; clears it. */
export const takeComplaints = async (): Promise<string[]> => {
  const { stdout } = await execute('dmesg', ['--read-clear'], { maxBuffer: 1 << 24 });
  return stdout.split('\n').filter((line) => COMPLAINTS.some((complaint) => complaint.test(line)));
};
