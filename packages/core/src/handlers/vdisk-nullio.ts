import { type VdiskKind } from './vdisk-handler.js';

/** vdisk_nullio: a disk that keeps nothing. */
export const VDISK_NULLIO: VdiskKind = {
  kind: 'nullio',
  name: 'vdisk_nullio',
  type: 0x00,
  listed: [
    'blocksize',
    'cluster_mode',
    'dif_mode',
    'dif_static_app_tag',
    'dif_type',
    'dummy',
    'numa_node_id',
    'read_only',
    'removable',
    'rotational',
    'size',
    'size_mb',
    'tst',
    't10_dev_id',
  ],
  onlyListed: true,
  needsFilename: false,
  threaded: false,
};
