/** What a device handler of scst_vdisk takes (SPEC 8.1, 9.2). */
export interface HandlerFacts {
  /** Parameters of `add_device`, as its mgmt text lists them. */
  readonly parameters: ReadonlySet<string>;
  /** Attributes of its devices that can be written. */
  readonly writable: ReadonlySet<string>;
  /** Whether a device needs a `filename` to be made. */
  readonly needsFile: boolean;
}

const COMMON = ['max_tgt_dev_commands', 'numa_node_id', 'threads_num', 'threads_pool_type', 'pr_file_name', 'block', 'pr_state'];
const IDENTITY = ['t10_vend_id', 'prod_id', 'prod_rev_lvl', 'vend_specific_id', 'scsi_device_name', 't10_dev_id', 'usn', 'naa_id', 'eui64_id', 'inq_vend_specific'];
const FILE = ['filename', 'active', 'bind_alua_state', 'opt_trans_len', 'lb_per_pb_exp', 'expl_alua', 'cluster_mode', 'size', 'size_mb'];
const BLOCKIO = ['active', 'bind_alua_state', 'blocksize', 'cluster_mode', 'dif_filename', 'dif_mode', 'dif_static_app_tag', 'dif_type', 'filename', 'numa_node_id', 'nv_cache', 'read_only', 'removable', 'rotational', 'thin_provisioned', 'tst', 't10_dev_id', 'write_through'];

const facts = (parameters: readonly string[], writable: readonly string[], needsFile: boolean): HandlerFacts => ({
  parameters: new Set(parameters),
  writable: new Set([...COMMON, ...IDENTITY, ...writable]),
  needsFile,
});

/** Handlers known without a tree. A tree that is there is asked instead: its mgmt files list the parameters. */
export const KNOWN_HANDLERS: ReadonlyMap<string, HandlerFacts> = new Map([
  ['vdisk_fileio', facts([...BLOCKIO, 'async', 'o_direct'], [...FILE, 'async', 'dif_static_app_tag'], true)],
  ['vdisk_blockio', facts(BLOCKIO, [...FILE, 'dif_static_app_tag'], true)],
  [
    'vdisk_nullio',
    facts(
      ['blocksize', 'cluster_mode', 'dif_mode', 'dif_static_app_tag', 'dif_type', 'dummy', 'numa_node_id', 'read_only', 'removable', 'rotational', 'size', 'size_mb', 'tst', 't10_dev_id'],
      ['opt_trans_len', 'read_zero', 'cluster_mode', 'size', 'size_mb', 'dif_static_app_tag'],
      false,
    ),
  ],
  ['vcdrom', facts(['tst'], ['filename', 'size', 'size_mb'], false)],
]);

/** Handlers of virtual devices: their names are free of `.` and `/` and at most 64 bytes long. */
export const isVirtualHandler = (handler: string): boolean => handler.startsWith('vdisk_') || handler === 'vcdrom';

/** Attributes a section may give several times with different values: the dynamic attributes of iSCSI, and sessions. */
export const REPEATABLE: ReadonlySet<string> = new Set(['IncomingUser', 'OutgoingUser', 'allowed_portal', 'session_name']);
