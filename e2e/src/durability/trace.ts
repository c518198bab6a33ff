/** A system call as strace saw it. */
export interface SystemCall {
  /** Name: `pwrite64`, `fdatasync` … */
  readonly name: string;
  /** Arguments as strace prints them; with `-y` file descriptors are followed by their path in angle brackets. */
  readonly arguments: string;
  /** Path of the first argument, where that is a file descriptor. */
  readonly path: string | undefined;
  /** What it returned. */
  readonly result: number;
  /** Lines of the trace at which it began and ended: other threads' calls may lie between. */
  readonly began: number;
  readonly ended: number;
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+)/u;
const BEGUN = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/u;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)/u;

/** Reads what `strace -f -y` wrote, calls in the order in which they ended. What never ended is left out. */
export const parseTrace = (text: string): SystemCall[] => {
  const calls: SystemCall[] = [];
  const open = new Map<string, { name: string; first: string; began: number }>();
  for (const [line, content] of text.split('\n').entries()) {
    const whole = WHOLE.exec(content);
    if (whole !== null) {
      const [, , name = '', words = '', result] = whole;
      calls.push(makeCall(name, words, Number(result), line, line));
      continue;
    }
    const begun = BEGUN.exec(content);
    if (begun !== null) {
      const [, thread = '', name = '', first = ''] = begun;
      open.set(thread, { name, first, began: line });
      continue;
    }
    const resumed = RESUMED.exec(content);
    if (resumed === null) continue;
    const [, thread = '', name = '', rest = '', result] = resumed;
    const start = open.get(thread);
    open.delete(thread);
    if (start?.name === name) calls.push(makeCall(name, start.first + rest, Number(result), start.began, line));
  }
  return calls;
};

const makeCall = (name: string, words: string, result: number, began: number, ended: number): SystemCall => ({
  name,
  arguments: words,
  path: /^\d+<(.*?)>(?:,|$)/u.exec(words)?.[1],
  result,
  began,
  ended,
});
