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

/** What the search for processes takes into account. */
export interface NodeUserOptions {
  /** Processes that do not count. */
  readonly except: ReadonlySet<number>;
  /** Numbers of the mounts on which files can be looked at. */
  readonly quick: ReadonlySet<number>;
}

/** What is known of the nodes that are looked for. */
interface Wanted {
  readonly byName: ReadonlyMap<string, string>;
  /** By kind and number. */
  readonly byNumber: ReadonlyMap<string, string>;
  readonly quick: ReadonlySet<number>;
}

/**
 * The processes that have nodes open, under whatever name and in whatever place: a node is known by its number as well, as a container has nodes of
 * its own. Processes of other users show only to root, and a mapping whose descriptor was closed to nobody: the kernel makes those wait that look at
 * the memory of a process which is stuck.
 */
export const nodeUsers = async (machine: Machine, nodes: readonly string[], { except, quick }: NodeUserOptions): Promise<NodeUser[]> => {
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
    const found = await Promise.all(pids.slice(at, at + AT_A_TIME).map((pid) => openedBy(machine, pid, { byName, byNumber, quick })));
    users.push(...found.flat());
  }
  return users.sort((left, right) => left.pid - right.pid);
};

const openedBy = async (machine: Machine, pid: string, wanted: Wanted): Promise<NodeUser[]> => {
  const descriptors = await namesIn(join(machine.proc, pid, 'fd'));
  const nodes = await Promise.all(descriptors.map((descriptor) => wantedNode(join(machine.proc, pid), descriptor, wanted)));
  const open = [...new Set(nodes.filter((node) => node !== undefined))];
  if (open.length === 0) return [];
  const command = (await readText(join(machine.proc, pid, 'comm'))) ?? '?';
  return open.map((node) => ({ pid: Number(pid), command, node }));
};

/** Which of the nodes a descriptor is of, if of any. */
const wantedNode = async (process: string, descriptor: string, { byName, byNumber, quick }: Wanted): Promise<string | undefined> => {
  const place = join(process, 'fd', descriptor);
  const link = await linkAt(place);
  if (link === undefined) return undefined;
  const known = byName.get(link);
  // Sockets, pipes and what is anonymous have no path.
  if (known !== undefined || !link.startsWith('/') || link === '/dev/null' || link.startsWith('/dev/pts/')) return known;
  const [, mount] = /^mnt_id:\s*(\d+)$/mu.exec((await readText(join(process, 'fdinfo', descriptor))) ?? '') ?? [];
  if (mount === undefined || !quick.has(Number(mount))) return undefined;
  const number = await deviceNumber(place);
  return number === undefined ? undefined : byNumber.get(number);
};

/** The number of a node, with its kind: block and character devices count apart. */
const deviceNumber = async (path: string): Promise<string | undefined> => {
  const found = await orNothing(stat(path));
  if (found?.isBlockDevice() === true) return `b${found.rdev}`;
  return found?.isCharacterDevice() === true ? `c${found.rdev}` : undefined;
};
