/**
 * Mounts an SCST tree as a file system, so that programs that know nothing of this one can use it: shells, scstadmin, anything that
 * reads and writes files. Plain Node over the FUSE kernel protocol; nothing native, nothing to install.
 *
 * @example
 * import { mount } from '@scst/fuse';
 * import { standardMemoryTree } from '@scst/sysfs/compliance';
 *
 * const mounted = await mount(standardMemoryTree(), '/mnt/scst');
 * // $ echo add_target disks > /mnt/scst/targets/scst_local/mgmt
 * await mounted.unmount();
 *
 * @packageDocumentation
 */
export { FuseError, type FuseErrorCode } from './errors.js';
export { mount, type Mount, type UnmountOptions } from './mount/mount.js';
export type { MountOptions } from './mount/options.js';
export { isSupported, type Support } from './mount/support.js';
export { ProtocolError } from './protocol/protocol-error.js';
