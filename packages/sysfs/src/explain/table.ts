import type { ErrnoName } from '../errno.js';

/** A refusal as the table sees it. */
export interface Refusal {
  /** Path from the root of the tree, as far as it is known. */
  readonly path: string;
  readonly operation: string;
  readonly at: 'open' | 'transfer';
  /** The words of what was written, as the kernel divides them, the first in lower case; empty for a read. */
  readonly words: readonly string[];
}

/** What a refusal means, in words. */
export interface ExplanationRow {
  readonly errno: ErrnoName;
  /** Which files it is about: matched against the path. */
  readonly file?: RegExp;
  /** The command's first word. */
  readonly command?: string | readonly string[];
  /** What else must be so. */
  readonly when?: (refusal: Refusal) => boolean;
  readonly reason: string;
  readonly hint?: string;
}

const DRIVER = /(?:^|\/)targets\/[^/]+\/mgmt$/u;
const LUNS = /(?:^|\/)luns\/mgmt$/u;
const GROUPS = /(?:^|\/)ini_groups\/mgmt$/u;
const INITIATORS = /(?:^|\/)initiators\/mgmt$/u;
const HANDLER = /(?:^|\/)handlers\/[^/]+\/mgmt$/u;
const GROUP_DEVICES = /(?:^|\/)device_groups\/[^/]+\/devices\/mgmt$/u;
const TARGET_GROUPS = /(?:^|\/)device_groups\/[^/]+\/target_groups\/mgmt$/u;
const TARGET_GROUP = /(?:^|\/)device_groups\/[^/]+\/target_groups\/[^/]+\/mgmt$/u;
const DEVICE_GROUPS = /(?:^|\/)device_groups\/mgmt$/u;
const TRANSFER = (refusal: Refusal): boolean => refusal.at === 'transfer';

/** Highest LUN SCST takes (SPEC 5). */
const HIGHEST_LUN = 16383;

const lunTooHigh = ({ words: [, second, third] }: Refusal): boolean => [second, third].some((word) => Number(word) > HIGHEST_LUN);

/** The reasons behind SCST's errno, by kind of file (SPEC 2 to 10). The first row that fits is the explanation. */
export const EXPLANATIONS: readonly ExplanationRow[] = [
  // targets/DRIVER/mgmt (SPEC 3)
  { errno: 'EFAULT', file: DRIVER, command: 'add_target', reason: 'the target driver has a target or a file of that name already', hint: 'Choose another name. “/” is shown as “!”, so a/b and a!b are the same.' },
  { errno: 'EEXIST', file: DRIVER, command: ['add_target', 'add_session'], reason: 'another target has a session of that name', hint: 'Session names are unique over all scst_local targets; choose another.' },
  { errno: 'EINVAL', file: DRIVER, command: 'add_target', reason: 'the target’s name is missing, or a parameter is not known or has no value', hint: 'Read the mgmt file for the parameters the driver takes; scst_local takes session_name only.' },
  { errno: 'ENOENT', file: DRIVER, command: 'del_target', reason: 'the target driver has no target of that name', hint: 'List the directory of the driver for the names it has.' },
  { errno: 'EINVAL', file: DRIVER, command: 'del_target', reason: 'the target’s name is missing, or words follow it' },
  { errno: 'EINVAL', file: DRIVER, command: 'add_session', reason: 'the target is not known, or no session name was given' },
  { errno: 'EINVAL', file: DRIVER, command: 'del_session', reason: 'the target is not known or has no session with that initiator name', hint: 'A session shown as NAME_1 is deleted by its initiator name, which its initiator_name file shows.' },
  { errno: 'EINVAL', file: DRIVER, reason: 'the target driver does not know the command', hint: 'Read the mgmt file for the commands it takes.' },

  // luns/mgmt (SPEC 5)
  { errno: 'EEXIST', file: LUNS, reason: 'the LUN is in use', hint: 'Choose a free number, or use “replace”.' },
  { errno: 'EINVAL', file: LUNS, when: lunTooHigh, reason: `LUNs go from 0 to ${HIGHEST_LUN}` },
  { errno: 'ERANGE', file: LUNS, reason: `a number is too large; LUNs go from 0 to ${HIGHEST_LUN}` },
  { errno: 'EINVAL', file: LUNS, command: ['add', 'replace', 'replace_no_ua'], reason: 'the device is not known, the LUN is no number, a parameter is wrong, or the device has T10 protection information the target cannot carry', hint: 'List devices/ for the names there are; the only parameter is read_only.' },
  { errno: 'EINVAL', file: LUNS, command: 'del', reason: 'there is no such LUN, or it is no number' },
  { errno: 'EINVAL', file: LUNS, reason: 'the command is not known', hint: 'Known are add, replace, replace_no_ua, del and clear.' },

  // ini_groups (SPEC 6)
  { errno: 'EEXIST', file: GROUPS, reason: 'the target has a group of that name already' },
  { errno: 'EBUSY', file: GROUPS, command: 'del', reason: 'sessions are in the group', hint: 'Close those sessions first, or move their initiators to another group.' },
  { errno: 'EINVAL', file: GROUPS, command: 'del', reason: 'the target has no group of that name' },
  { errno: 'EINVAL', file: GROUPS, reason: 'the command or the name is missing or wrong, or the target cannot have groups', hint: 'Known are create NAME and del NAME.' },
  { errno: 'EEXIST', file: INITIATORS, command: 'move', reason: 'the other group has that initiator name already' },
  { errno: 'EEXIST', file: INITIATORS, reason: 'the group has that initiator name already' },
  { errno: 'EINVAL', file: INITIATORS, command: ['del', 'move'], reason: 'the group has no such initiator name (patterns are compared as text), or the other group is not known' },
  { errno: 'EINVAL', file: INITIATORS, reason: 'the command is not known, or no name was given', hint: 'Known are add NAME, del NAME, move NAME GROUP and clear.' },

  // handlers/HANDLER/mgmt (SPEC 8)
  { errno: 'EEXIST', file: HANDLER, command: 'add_device', reason: 'a device of that name, or one with the same unit serial number, exists', hint: 'Names are shared by vdisk_fileio, vdisk_blockio, vdisk_nullio and vcdrom. Choose another name; a clash of serial numbers goes away with another setup_id.' },
  { errno: 'ENOENT', file: HANDLER, command: 'add_device', reason: 'the backing file does not exist', hint: 'Create it first, or give active=0 to open it later.' },
  { errno: 'ENOTBLK', file: HANDLER, command: 'add_device', reason: 'the backing file is not a block device', hint: 'Use vdisk_fileio for regular files.' },
  { errno: 'ERANGE', file: HANDLER, command: 'add_device', reason: 'the number of a parameter is too large' },
  { errno: 'EINVAL', file: HANDLER, command: 'add_device', reason: 'the name or a parameter is refused', hint: 'A name has at most 64 bytes and neither “/” nor “.”; filename must be given, absolute and no directory; read the mgmt file for the parameters the handler takes. A pass-through device is host:channel:id:lun of an existing device of the handler’s type.' },
  { errno: 'EINVAL', file: HANDLER, command: 'del_device', reason: 'the handler has no device of that name' },
  { errno: 'EINVAL', file: HANDLER, reason: 'the handler does not know the command', hint: 'Known are add_device and del_device.' },

  // device_groups (SPEC 10)
  { errno: 'EEXIST', file: GROUP_DEVICES, reason: 'the device is in a device group already', hint: 'A device is in at most one group; delete it from the other first.' },
  { errno: 'EINVAL', file: GROUP_DEVICES, reason: 'the device is not known, or is not in this group' },
  { errno: 'EEXIST', file: TARGET_GROUP, reason: 'a target of that name is in a target group of this device group already' },
  { errno: 'EINVAL', file: TARGET_GROUP, reason: 'the command is not known, or there is no such target in the group' },
  { errno: 'EEXIST', file: TARGET_GROUPS, reason: 'the device group has a target group of that name already' },
  { errno: 'EINVAL', file: TARGET_GROUPS, reason: 'the command is not known, or there is no such target group' },
  { errno: 'EEXIST', file: DEVICE_GROUPS, reason: 'there is a device group of that name already' },
  { errno: 'EINVAL', file: DEVICE_GROUPS, reason: 'the command is not known, or there is no such device group' },
  { errno: 'EINVAL', file: /(?:^|\/)group_id$/u, reason: 'a target group’s id is from 1 to 65535, and only the first 7 characters are read' },
  { errno: 'EINVAL', file: /target_groups\/[^/]+\/state$/u, reason: 'the state is not known', hint: 'Known are active, nonoptimized, standby, unavailable, offline and transitioning, in lower case.' },

  // attributes of targets (SPEC 4)
  { errno: 'EBADSLT', file: /(?:^|\/)rel_tgt_id$/u, reason: 'another target has that relative target port id', hint: 'Choose another from 1 to 65535. Every scst_local target and the copy manager start with 0.' },
  { errno: 'EINVAL', file: /(?:^|\/)rel_tgt_id$/u, reason: 'a relative target port id is a number from 1 to 65535' },
  { errno: 'EINVAL', file: /(?:^|\/)addr_method$/u, reason: 'the addressing method is not known', hint: 'Known are PERIPHERAL, FLAT and LUN.' },
  { errno: 'EINVAL', file: /(?:^|\/)io_grouping_type$/u, reason: 'the I/O grouping is not known', hint: 'Known are auto, this_group_only, never and numbers above 0.' },
  { errno: 'EOVERFLOW', file: /(?:^|\/)cpu_mask$/u, reason: 'the mask names processors that do not exist' },
  { errno: 'EINVAL', file: /(?:^|\/)cpu_mask$/u, reason: 'the mask is not hexadecimal' },

  // attributes of devices (SPEC 9)
  { errno: 'EBUSY', file: /(?:^|\/)pr_(?:file_name|state)$/u, reason: 'the device is exported, if only by the copy manager', hint: 'Remove all of its LUNs; the copy manager leaves devices alone when scst is loaded with auto_cm_assignment=0.' },
  { errno: 'EINVAL', file: /(?:^|\/)devices\/[^/]+\/filename$/u, reason: 'the device is active, or the path is not absolute or not of a file', hint: 'Write 0 to active first (vdisk).' },
  { errno: 'ENOENT', file: /(?:^|\/)devices\/[^/]+\/(?:filename|active|resync_size)$/u, when: TRANSFER, reason: 'the backing file does not exist' },
  { errno: 'ENOTBLK', file: /(?:^|\/)active$/u, reason: 'the backing file is not a block device' },
  { errno: 'EMEDIUMTYPE', file: /(?:^|\/)resync_size$/u, reason: 'the device is not active', hint: 'Write 1 to active first.' },
  { errno: 'EPERM', file: /(?:^|\/)(?:t10_dev_id|pr_file_name)$/u, reason: 'the device is in cluster mode', hint: 'Write 0 to cluster_mode first.' },
  { errno: 'EINVAL', file: /(?:^|\/)(?:t10_dev_id|usn|t10_vend_id|prod_id|prod_rev_lvl|vend_specific_id|scsi_device_name|inq_vend_specific)$/u, reason: 'the text is too long for the field' },
  { errno: 'EINVAL', file: /(?:^|\/)naa_id$/u, reason: 'an NAA identifier has 16 hexadecimal digits beginning with 2, 3 or 5, or 32 beginning with 6' },
  { errno: 'EINVAL', file: /(?:^|\/)eui64_id$/u, reason: 'an EUI-64 identifier has 16, 24 or 32 hexadecimal digits' },
  { errno: 'EINVAL', file: /(?:^|\/)devices\/[^/]+\/size(?:_mb)?$/u, reason: 'the size is no number, or not a multiple of the block size' },
  { errno: 'EINVAL', file: /(?:^|\/)opt_trans_len$/u, reason: 'the length is no number, or not a multiple of the block size' },
  { errno: 'EINVAL', file: /(?:^|\/)trace_level$/u, reason: 'the action or the token is not known', hint: 'Known are all, none, default, add TOKEN, del TOKEN and value NUMBER; read the file for the tokens.' },
  { errno: 'EINVAL', file: /(?:^|\/)cluster_name$/u, reason: 'a cluster name has less than 64 bytes' },
  { errno: 'EIO', file: /(?:^|\/)initiators$/u, reason: 'one of the group’s initiator names contains “/”, which no directory can list', hint: 'Delete that name through initiators/mgmt.' },

  // any file
  { errno: 'EAGAIN', file: /(?:^|\/)last_sysfs_mgmt_res$/u, reason: 'a command is still being carried out', hint: 'Read the file again in a moment.' },
  { errno: 'EAGAIN', reason: 'SCST is still carrying out the command', hint: 'Its result will be in last_sysfs_mgmt_res.' },
  { errno: 'EACCES', when: ({ at, operation }) => at === 'open' && operation === 'read', reason: 'the file cannot be read by this user, or is write-only', hint: 'Its mode tells which; SCST’s tree is root’s.' },
  { errno: 'EACCES', when: ({ at }) => at === 'open', reason: 'the file cannot be opened that way by this user, or is read-only', hint: 'Its mode tells which; SCST’s tree is root’s.' },
  { errno: 'EISDIR', reason: 'it is a directory' },
  { errno: 'ENODEV', reason: 'the object the file belonged to has been removed', hint: 'Open the file again if an object of that name was made anew.' },
  { errno: 'ENOENT', when: ({ path }) => path === '', reason: 'there is no SCST tree', hint: 'Load the module scst, or start a user-space SCST.' },
  { errno: 'ENOENT', when: ({ at, operation }) => at === 'open' || operation !== 'write', reason: 'there is no such file', hint: 'The object may have been removed, or the module that makes it is not loaded.' },
  { errno: 'ENAMETOOLONG', reason: 'the path has a name of more than 255 bytes, which can be listed but not opened' },
  { errno: 'ERANGE', when: TRANSFER, reason: 'the number does not fit the attribute’s type' },
  { errno: 'EINVAL', when: ({ operation }) => operation === 'write', reason: 'the attribute does not take that value', hint: 'Numbers are decimal, 0x… or 0…, without white space.' },
];
