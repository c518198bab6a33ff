import { TransportError } from '@scst/scsi';
import { getSystemErrorMap } from 'node:util';
import { type SgResult } from './sg-result.js';
import { DRIVER_STATUS, driverStatusName, HOST_STATUS, hostStatusName } from './status-names.js';

type Code = TransportError['code'];

const HOST_CODES: Readonly<Record<number, Code>> = {
  [HOST_STATUS.NO_CONNECT]: 'GONE',
  [HOST_STATUS.BAD_TARGET]: 'GONE',
  [HOST_STATUS.TIME_OUT]: 'TIMEOUT',
};

const ERRNO_CODES: Readonly<Record<string, Code>> = {
  ENODEV: 'GONE',
  ENXIO: 'GONE',
  ESHUTDOWN: 'GONE',
  EINVAL: 'REFUSED',
  EMSGSIZE: 'REFUSED',
  EOPNOTSUPP: 'REFUSED',
  ENOTTY: 'REFUSED',
  EPERM: 'REFUSED',
  EACCES: 'REFUSED',
};

const after = (duration: number): string => (duration === 0 ? '' : ` after ${duration} ms`);

/** The error of a command that came back without the device's status; undefined where it has one. */
export const transportFault = (description: string, { status, hostStatus, driverStatus, duration }: SgResult): TransportError | undefined => {
  // Kernels before 6.0 give a host status of their own beside a status such as RESERVATION CONFLICT.
  if (status !== 0) return undefined;
  if (hostStatus !== HOST_STATUS.OK) {
    const code = HOST_CODES[hostStatus] ?? 'FAILED';
    return new TransportError(code, `${description}: ${hostStatusName(hostStatus)}${after(duration)}`);
  }
  const driver = driverStatus & 0x0f;
  if (driver === DRIVER_STATUS.OK || driver === DRIVER_STATUS.SENSE) return undefined;
  return new TransportError(driver === DRIVER_STATUS.TIMEOUT ? 'TIMEOUT' : 'FAILED', `${description}: ${driverStatusName(driverStatus)}${after(duration)}`);
};

/** The error of an ioctl that the kernel did not carry out. */
export const ioctlFault = (description: string, what: string, errno: number): TransportError => {
  const name = errnoName(errno);
  const cause = Object.assign(new Error(`${name}: ${getSystemErrorMap().get(-errno)?.[1] ?? 'unknown error'}, ioctl`), { code: name, errno: -errno, syscall: 'ioctl' });
  return new TransportError(ERRNO_CODES[name] ?? 'FAILED', `${description}: the kernel did not carry out ${what}: ${name}`, { cause });
};

export const errnoName = (errno: number): string =>
  getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
