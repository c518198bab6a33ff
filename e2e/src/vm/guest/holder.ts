import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Has another process do something and keep at it, for the time of a body.
 *
 * @param under Program and words that run a shell: `unshare -m`.
 * @param script What it does; a descriptor that it opens stays open. It may say `ready` itself, if it goes on otherwise.
 * @param body Is given the number of the process that was started.
 */
export const holding = async ([program = '', ...words]: readonly string[], script: string, body: (pid: number) => Promise<void>): Promise<void> => {
  const child = spawn(program, [...words, 'sh', '-ec', `${script}\necho ready\nexec sleep 1000`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = once(child, 'close');
  try {
    const ready = (async () => {
      for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') return true;
      return false;
    })();
    if (!(await ready)) throw new Error(`${program} ${words.join(' ')}: ended before it held anything: ${complaint}`);
    await body(child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
};
