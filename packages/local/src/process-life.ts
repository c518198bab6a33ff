import { readFile } from 'node:fs/promises';

/** A process, told apart from a later one that got its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the kernel's own count: clock ticks since the machine did. Empty where /proc does not tell. */
  readonly began: string;
}

/** This process. */
export const thisProcess = async (): Promise<ProcessIdentity> => ({ pid: process.pid, began: (await lookAt(process.pid))?.began ?? '' });

/** Whether a process is still there. */
export const isAlive = async ({ pid, began }: ProcessIdentity): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const found = await lookAt(pid);
  return found === undefined || (found.began === began && !found.ended);
};

/** What /proc tells of a process (proc(5), stat); undefined where there is none. */
const lookAt = async (pid: number): Promise<{ began: string; ended: boolean } | undefined> => {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses, which may hold anything. Field 3 is the state, field 22 when it began.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { began: fields[19] ?? '', ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
};
