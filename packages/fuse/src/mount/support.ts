import { access, constants, open, readFile } from 'node:fs/promises';
import { FuseError, type FuseErrorCode } from '../errors.js';

/** Where the kernel is spoken to. */
export const DEVICE_PATH = '/dev/fuse';

/** Whether trees can be mounted here, and if not, why and what to do. */
export type Support = { readonly supported: true } | { readonly supported: false; readonly code: FuseErrorCode; readonly reason: string; readonly hint: string };

/** CAP_SYS_ADMIN of capabilities(7), which mount(2) asks for. */
const CAP_SYS_ADMIN = 21n;

const USER_NAMESPACE_HINT = 'Run it as root, or in a user namespace of its own: unshare --map-root-user --mount node …';

/** Whether {@link mount} can work in this process. Never throws. */
export const isSupported = async (): Promise<Support> => {
  if (process.platform !== 'linux') {
    return { supported: false, code: 'NOT_LINUX', reason: `FUSE is a part of Linux, this is ${process.platform}`, hint: 'Serve the tree on Linux.' };
  }
  const device = await deviceProblem();
  if (device !== undefined) return device;
  if (!(await mayMount())) {
    return { supported: false, code: 'NO_PERMISSION', reason: 'the process may not mount (it lacks CAP_SYS_ADMIN)', hint: USER_NAMESPACE_HINT };
  }
  return { supported: true };
};

/** @throws FuseError where {@link isSupported} says no. */
export const assertSupported = async (): Promise<void> => {
  const support = await isSupported();
  if (!support.supported) throw new FuseError(support.code, `cannot mount: ${support.reason}`, { hint: support.hint });
};

const deviceProblem = async (): Promise<Support | undefined> => {
  try {
    await access(DEVICE_PATH, constants.F_OK);
  } catch {
    return { supported: false, code: 'NO_DEVICE', reason: `there is no ${DEVICE_PATH}`, hint: `Load the module (modprobe fuse), or give the container the device (--device ${DEVICE_PATH}).` };
  }
  try {
    await (await open(DEVICE_PATH, constants.O_RDWR)).close();
    return undefined;
  } catch (error) {
    const reason = `${DEVICE_PATH} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
    return { supported: false, code: 'NO_PERMISSION', reason, hint: `Allow the user to read and write ${DEVICE_PATH}; most systems give it mode 0666.` };
  }
};

const mayMount = async (): Promise<boolean> => {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const effective = /^CapEff:\s*([0-9a-f]+)$/mu.exec(status)?.[1];
  // Where it cannot be known, mount(8) will say.
  return effective === undefined || ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
};
