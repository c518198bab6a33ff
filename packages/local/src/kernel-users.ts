import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Processes read at a time. */
const AT_A_TIME = 16;

/**
 * Who has device nodes open: `process 1234 (dd) has /dev/sdb open`. Processes of other users show only to root.
 *
 * @param nodes Paths of the nodes.
 * @param proc Where the kernel shows processes.
 */
export const findUsers = async (nodes: readonly string[], proc = '/proc'): Promise<string[]> => {
  const wanted = new Set(nodes);
  if (wanted.size === 0) return [];
  const pids = (await namesIn(proc)).filter((name) => /^\d+$/.test(name));
  const users: string[] = [];
  for (let at = 0; at < pids.length; at += AT_A_TIME) {
    const found = await Promise.all(pids.slice(at, at + AT_A_TIME).map((pid) => usersIn(proc, pid, wanted)));
    users.push(...found.flat());
  }
  return users;
};

const usersIn = async (proc: string, pid: string, wanted: ReadonlySet<string>): Promise<string[]> => {
  const directory = join(proc, pid, 'fd');
  const links = await Promise.all((await namesIn(directory)).map((name) => readlink(join(directory, name)).catch(() => '')));
  const open = [...new Set(links.filter((link) => wanted.has(link)))];
  if (open.length === 0) return [];
  const name = await readFile(join(proc, pid, 'comm'), 'utf8').catch(() => '?');
  return open.map((node) => `process ${pid} (${name.trim()}) has ${node} open`);
};

/** Names in a directory; none where it is gone or another user's. */
const namesIn = async (directory: string): Promise<string[]> => await readdir(directory).catch(() => []);
