export { ERRNO, errnoName, isErrnoName, type ErrnoName } from './errno.js';
export { SysfsError, type SysfsErrorDetails } from './errors.js';
export { decodeName, encodeName, fromByteString, toByteString } from './names.js';
export type {
  OperationOptions,
  ReadOptions,
  SysfsAccess,
  SysfsEntry,
  SysfsEntryType,
  SysfsFile,
  SysfsStat,
  SysfsTree,
} from './tree.js';
