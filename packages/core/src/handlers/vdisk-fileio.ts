import { type VdiskKind } from './vdisk-handler.js';

/** vdisk_fileio: a file, or a block device, as a disk. It takes parameters its own text does not list. */
export const VDISK_FILEIO: VdiskKind = {
  kind: 'fileio',
  name: 'vdisk_fileio',
  type: 0x00,
  listed: [
    'active',
    'async',
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
    'o_direct',
    'read_only',
    'removable',
    'rotational',
    'thin_provisioned',
    'tst',
    't10_dev_id',
    'write_through',
  ],
  onlyListed: false,
  needsFilename: true,
  threaded: true,
};
