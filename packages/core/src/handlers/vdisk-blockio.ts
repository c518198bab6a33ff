import { type VdiskKind } from './vdisk-handler.js';

/** vdisk_blockio: a block device as a disk. */
export const VDISK_BLOCKIO: VdiskKind = {
  kind: 'blockio',
  name: 'vdisk_blockio',
  type: 0x00,
  listed: [
    'active',
    'bind_alua_state',
    'blocksize',
    'cluster_mode',
    'dif_filename',
    'dif_mode',
    'dif_static_app_tag',
    'dif_type',
    'filename',
    'numa_node_id',
    'nv_cache',
    'read_only',
    'removable',
    'rotational',
    'thin_provisioned',
    'tst',
    't10_dev_id',
    'write_through',
  ],
  onlyListed: true,
  needsFilename: true,
  threaded: false,
};
