/** One run of iscsi-test-cu: a LUN of a kind, and the tests that are meant for it. */
export interface Run {
  readonly name: string;
  /** What it is, for people. */
  readonly what: string;
  readonly bytes: number;
  /** Attributes of the vdisk_fileio device. */
  readonly attributes: Readonly<Record<string, string>>;
  /** `read_only` of the LUN. */
  readonly readOnly?: boolean;
  /** Tests to run, as the tool names them. */
  readonly tests: string;
  readonly profiles: readonly ('scst' | 't10')[];
}

const MIB = 1 << 20;
const SIZE = 200 * MIB;
/** So large that overwriting it takes longer than the seconds for which the test looks. */
const LONG_SANITIZE = 4096 * MIB;

export const RUNS: readonly Run[] = [
  { name: 'thin', what: 'thin, 8 logical blocks to a physical one', bytes: SIZE, attributes: { thin_provisioned: '1' }, tests: 'ALL', profiles: ['scst', 't10'] },
  { name: 'plain', what: 'plain', bytes: SIZE, attributes: {}, tests: 'ALL', profiles: ['scst', 't10'] },
  { name: 'thin-1', what: 'thin, 1 logical block to a physical one', bytes: SIZE, attributes: { thin_provisioned: '1', lb_per_pb_exp: '0' }, tests: 'SCSI.GetLBAStatus', profiles: ['t10'] },
  { name: 'removable', what: 'removable', bytes: SIZE, attributes: { removable: '1', thin_provisioned: '1' }, tests: 'ALL', profiles: ['t10'] },
  { name: 'read-only', what: 'write-protected', bytes: SIZE, attributes: {}, readOnly: true, tests: 'SCSI.ReadOnly', profiles: ['t10'] },
  { name: 'sanitize', what: 'plain, 4 GiB', bytes: LONG_SANITIZE, attributes: {}, tests: 'SCSI.Sanitize.Reset', profiles: ['t10'] },
];

/** Tests that ask for what a standard does not, or for more than a run has: a failure of theirs is none of the target's. */
export const EXCUSED: Readonly<Record<string, { readonly runs: readonly string[]; readonly why: string }>> = {
  'GetLBAStatus.UnmapSingle': {
    runs: ['thin', 'removable'],
    why: 'With more than one logical block to a physical one the test asks for the status of one LBA and expects the answer to begin at another. SBC-4, GET LBA STATUS parameter data: the first descriptor begins at STARTING LOGICAL BLOCK ADDRESS. It passes in the run thin-1.',
  },
  'Sanitize.Reset': {
    runs: ['thin', 'plain', 'removable'],
    why: 'The test looks 3 seconds after the command whether it still goes on; 200 MB are overwritten by then. SBC-4 4.11.2 sets no least time. It passes in the run sanitize, on a larger LUN.',
  },
};
