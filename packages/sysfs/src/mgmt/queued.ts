import { baseName, joinPath } from '../paths.js';

/** Attributes whose writes SCST hands to its work queue, so that they may end with `EAGAIN` and go on (SPEC 1.5). */
const QUEUED_WRITES: ReadonlySet<string> = new Set([
  'mgmt',
  'rel_tgt_id',
  'io_grouping_type',
  'cpu_mask',
  'threads',
  'filename',
  'active',
  'cluster_mode',
  'resync_size',
  'size',
  'size_mb',
  'pr_file_name',
  'pr_state',
  'threads_num',
  'threads_pool_type',
  'state',
  'preferred',
  'dif_checks_failed',
]);

/**
 * Whether a write to the path goes through SCST's work queue: its outcome, when the write itself ends with `EAGAIN`, is found in
 * `last_sysfs_mgmt_res`.
 *
 * @param path Path from the root of the whole tree.
 */
export const isQueuedWrite = (path: string): boolean => {
  // device_groups/mgmt alone of the mgmt files is carried out in place.
  return QUEUED_WRITES.has(baseName(path)) && joinPath(path) !== 'device_groups/mgmt';
};
