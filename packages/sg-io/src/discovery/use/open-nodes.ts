import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { linkAt, namesIn, orNothing, readText } from '../kernel-files.js';
import { type Machine } from '../roots.js';

/** A process that has a node open. */
export interface NodeUser {
  readonly pid: number;
  readonly command: string;
  /** The node, as it was asked for. */
  readonly node: string;
}

/** Processes read at a time. */
const AT_A_TIME = 16;

/**
 * The processes that have nodes open, under whatever name: a node is known by its number as well, as a container has nodes of its own.
 * Processes of other users show only to root.
 *
 * @param except Processes that do not count.
 */
export const nodeUsers = async (machine: Machine, nodes: readonly string[], except: ReadonlySet<number>): Promise<NodeUser[]> => {
  if (nodes.length === 0) return [];
  const byName = new Map(nodes.map((node) => [node, node]));
  const byNumber = new Map<string, string>();
  for (const node of nodes) {
    const number = await deviceNumber(node);
    if (number !== undefined) byNumber.set(number, node);
  }
  const pids = (await namesIn(machine.proc)).filter((name) => /^\d+$/u.test(name) && !except.has(Number(name)));
  const users: NodeUser[] = [];
  for (let at = 0; at < pids.length; at += AT_A_TIME) {
    const found = await Promise.all(pids.slice(at, at + AT_A_TIME).map((pid) => openedBy(machine, pid, byName, byNumber)));
    users.push(...found.flat());
  }
  return users.sort((left, right) => left.pid - right.pid);
};

const openedBy = async (machine: Machine, pid: string, byName: ReadonlyMap<string, string>, byNumber: ReadonlyMap<string, string>): Promise<NodeUser[]> => {
  const directory = join(machine.proc, pid, 'fd');
  const nodes = await Promise.all(
    (await namesIn(directory)).map(async (fd) => {
      const link = await linkAt(join(directory, fd));
      if (link === undefined) return undefined;
      const known = byName.get(link);
      // Only what is below a /dev is looked at: a file of a dead network file system would not answer.
      if (known !== undefined || !link.includes('/dev/') || link.startsWith('/dev/pts/')) return known;
      const number = await deviceNumber(join(directory, fd));
      return number === undefined ? undefined : byNumber.get(number);
    }),
  );
  const open = [...new Set(nodes.filter((node) => node !== undefined))];
  if (open.length === 0) return [];
  const command = (await readText(join(machine.proc, pid, 'comm'))) ?? '?';
  return open.map((node) => ({ pid: Number(pid), command, node }));
};

/** The number of a node, with its kind: block and character devices count apart. */
const deviceNumber = async (path: string): Promise<string | undefined> => {
  const found = await orNothing(stat(path));
  if (found?.isBlockDevice() === true) return `b${found.rdev}`;
  return found?.isCharacterDevice() === true ? `c${found.rdev}` : undefined;
};
