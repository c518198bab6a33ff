import { readFile } from 'node:fs/promises';

/** Milliseconds of a tick of the kernel's process times (USER_HZ). */
const TICK = 10;

/** CPU time that a process with its threads has used, in milliseconds. */
export const cpuTime = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
};

/** Resident memory of a process, in bytes. */
export const residentMemory = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(text)?.[1] ?? Number.NaN) * 1024;
};
