/**
 * Attribute IO on an SCST tree, whoever serves it.
 *
 * ```js
 * import { HostTree, manage, mgmtCommand, readAttribute } from '@scst/sysfs';
 * import { standardMemoryTree } from '@scst/sysfs/compliance';
 *
 * const tree = (await HostTree.isAvailable()) ? new HostTree() : standardMemoryTree();
 * await manage(tree, 'targets/scst_local/mgmt', mgmtCommand(['add_target', 'disks'], { session_name: ['host1', 'host2'] }));
 * console.log(await readAttribute(tree, 'targets/scst_local/disks/rel_tgt_id')); // { value: '0', key: false, truncated: false }
 * await manage(tree, 'targets/scst_local/mgmt', mgmtCommand(['del_target', 'disks']));
 * ```
 *
 * @packageDocumentation
 */
export { readAttribute, writeAttribute } from './attribute/attribute.js';
export { parseKernelBoolean, parseKernelNumber, type KernelNumberType } from './attribute/number.js';
export {
  formatAttribute,
  MAX_ATTRIBUTE_READ,
  MAX_ATTRIBUTE_WRITE,
  parseAttribute,
  type AttributeText,
  type FormatAttributeOptions,
} from './attribute/text.js';
export { ERRNO, errnoName, isErrnoName, type ErrnoName } from './errno.js';
export { SysfsError, type SysfsErrorDetails } from './errors.js';
export { explain, withExplanation, type Explanation } from './explain/explain.js';
export { HostTree, KERNEL_ROOT, type HostTreeOptions } from './host/host-tree.js';
export { parseMountTable, topmostAt, unescapeOctal, type MountEntry } from './host/mount-table.js';
export { checkWord, mgmtCommand, type CheckWordOptions, type MgmtParameters, type MgmtValue } from './mgmt/command.js';
export { lastResult, manage, type ManageOptions, type WaitingForCommand } from './mgmt/manage.js';
export { isQueuedWrite } from './mgmt/queued.js';
export { CommandTextError, type CommandTextErrorDetails } from './mgmt/text-error.js';
export { HostModules, type HostModulesOptions } from './modules/host-modules.js';
export {
  SCST_MODULES,
  type LoadedModule,
  type ModuleControl,
  type ModuleInfo,
  type ModuleParameterInfo,
  type ModuleParameters,
} from './modules/module-control.js';
export { driverModule, handlerModule } from './modules/module-names.js';
export { decodeName, encodeName, fromByteString, toByteString } from './names.js';
export { baseName, isTreePath, joinPath, parentPath, pathParts, resolveLink } from './paths.js';
export { Limiter, mapTogether } from './reader/limiter.js';
export { isGone, TreeReader, type LiveAttribute, type TreeReaderOptions } from './reader/tree-reader.js';
export { placeOf, subtree, type TreePlace } from './subtree.js';
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
