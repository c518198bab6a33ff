import * as fs from 'node:fs/promises';

/** A process that has a file locked. */
export interface LockHolder {
  readonly pid: number;
  /** What the kernel calls it. */
  readonly name: string;
}

/** A lock of flock(2), as /proc shows it: `17: FLOCK  ADVISORY  WRITE 4711 fe:01:1835052 0 EOF`. What only waits for one has an arrow behind the colon. */
const LOCK = /^(?:lock:\t)?\d+: FLOCK +ADVISORY +(?:READ|WRITE) +(\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /u;

/**
 * Who has a file locked by flock(2). Undefined where this machine does not tell: somebody on another one, outside of the container, or of
 * another user. Only /proc is read, so that it waits for no other file system.
 */
export async function lockHolder(path: Buffer): Promise<LockHolder | undefined> {
  try {
    const file = await fs.stat(path, { bigint: true });
    // Who asked for it comes first, but may have handed it on and ended.
    const asked = locksOn(await fs.readFile('/proc/locks', 'latin1'), file.dev, file.ino);
    const running = (await fs.readdir('/proc')).map(Number).filter((pid) => pid > 0);
    for (const pid of new Set([...asked, ...running])) {
      if (await hasLocked(String(pid), file.dev, file.ino)) return { pid, name: (await fs.readFile(`/proc/${pid}/comm`, 'utf8')).trim() };
    }
  } catch {
    // Nothing more is known then.
  }
  return undefined;
}

/** Whether this very process has a file locked, be it by another thread or another copy of this module. */
export async function isLockedHere(path: Buffer): Promise<boolean> {
  const file = await fs.stat(path, { bigint: true });
  return await hasLocked('self', file.dev, file.ino);
}

async function hasLocked(pid: string, device: bigint, inode: bigint): Promise<boolean> {
  const directory = `/proc/${pid}/fdinfo`;
  for (const descriptor of await fs.readdir(directory).catch(() => [])) {
    const shown = await fs.readFile(`${directory}/${descriptor}`, 'latin1').catch(() => '');
    if (locksOn(shown, device, inode).length > 0) return true;
  }
  return false;
}

/**
 * @internal Who asked for the locks on an inode, of the text of `/proc/locks` or `/proc/PID/fdinfo/FD`. Some file systems (btrfs,
 * overlayfs) show other device numbers there than stat(2) does: where no line has the number of the device, that of the inode has to do.
 */
export function locksOn(text: string, device: bigint, inode: bigint): number[] {
  const found = text.split('\n').flatMap((line) => {
    const [, pid = '', major = '', minor = '', number = ''] = LOCK.exec(line) ?? [];
    return number === inode.toString() ? { pid: Number(pid), isOnDevice: deviceNumber(BigInt(`0x${major}`), BigInt(`0x${minor}`)) === device } : [];
  });
  const exact = found.filter(({ isOnDevice }) => isOnDevice);
  return (exact.length > 0 ? exact : found).map(({ pid }) => pid);
}

/** How Linux packs major and minor numbers for stat(2). */
const deviceNumber = (major: bigint, minor: bigint): bigint => ((major & 0xfffn) << 8n) | (minor & 0xffn) | ((minor & 0xffff_ff00n) << 12n) | ((major & 0xffff_f000n) << 32n);
