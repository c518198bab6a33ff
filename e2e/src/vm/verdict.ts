import type { Outcome } from './machine.js';
import type { Suite } from './suite.js';

export interface Verdict {
  readonly suite: string;
  readonly passed: boolean;
  readonly text: string;
}

/** What a kernel writes when something is wrong with it. */
const COMPLAINT = /\bBUG:|\bOops\b|WARNING: CPU|general protection fault|Unable to handle|Kernel panic|blocked for more than \d+ seconds|KASAN|possible circular locking/;

/** The first complaint of a kernel's messages with the lines after it; undefined: it had none. */
export const kernelComplaint = (messages: string): string | undefined => {
  const lines = messages.split('\n');
  const at = lines.findIndex((line) => COMPLAINT.test(line));
  return at < 0 ? undefined : lines.slice(at, at + 25).join('\n');
};

/** `timeout` says so with this status; a module that could not be loaded with the other. */
const [TIMED_OUT, NO_MODULE] = [124, 125];

const reason = (status: number, { timeout, modules }: Suite): string => {
  if (status === TIMED_OUT || status === 137) return `did not end within ${timeout} s`;
  if (status === NO_MODULE) return `one of its modules (${modules.join(', ')}) could not be loaded`;
  return `exit status ${status}`;
};

/** How a suite of a boot ended. A kernel that complains fails the suite it complains in. */
export const judge = (outcome: Outcome, suite: Suite, index: number): Verdict => {
  const failed = (text: string): Verdict => ({ suite: suite.name, passed: false, text });
  const written = outcome.file(`${index}.status`);
  if (written === undefined || written.trim() === '') {
    if (outcome.file('running')?.trim() !== `${index}`) return failed('did not run: the machine ended before it');
    const complaint = kernelComplaint(outcome.console) ?? outcome.console.split('\n').slice(-25).join('\n');
    return failed(`${outcome.timedOut ? 'the machine was switched off at its limit' : 'the machine ended'} while it ran\n${complaint}`);
  }
  const status = Number(written);
  if (status !== 0) return failed(reason(status, suite));
  const complaint = kernelComplaint(outcome.file(`${index}.kernel`) ?? '');
  return complaint === undefined ? { suite: suite.name, passed: true, text: 'passed' } : failed(`its tests passed, but the kernel complained\n${complaint}`);
};
