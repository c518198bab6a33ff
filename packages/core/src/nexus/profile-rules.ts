import { SENSE_CONDITION, type SenseCondition } from '@scst/scsi';
import type { Explained, Profile } from '../profile.js';

/**
 * What a profile changes in the data path, as data. Each `recorded` value is a defect listed in SPEC 18 (or 13); the rows that
 * show it read it here.
 */
export interface ProfileRules {
  /**
   * How far MODE SELECT goes on behind a page, counted from the end of its PAGE LENGTH bytes: 2 leads to the next page, 0 into
   * the last bytes of this one, Infinity behind the end of the list.
   */
  readonly modePageAdvance: { readonly caching: number; readonly control: number };
  /** A MODE SELECT that fails at a later page has made the changes of the earlier ones. */
  readonly keepsPagesBeforeError: boolean;
  /** MODE SELECT looks for pages behind a control page that it refuses, and makes their changes. */
  readonly readsPastRefusedControlPage: boolean;
  /** TMF_ONLY in the saved values of the control mode page: always the default, or what was saved. */
  readonly savedTmfOnly: 'default' | 'saved';
  /** INFORMATION of a miscompare in descriptor format: announced but zero, or as in SPC-5 4.4.2.2. */
  readonly descriptorInformation: 'zero' | 'value';
  /**
   * How long a command takes its data to be: as the CDB says, or as the initiator's buffer is. Then parameter lists are parsed
   * to the end of what was sent, and what a write has too much is written, whatever the residual says.
   */
  readonly dataLength: 'cdb' | 'buffer';
  /**
   * Where UNMAP ends taking block descriptors: where the list says that they end, or with the list. (The recordings leave out
   * commands in which SCST took a descriptor out of memory it had not cleared; this gives what they left behind.)
   */
  readonly unmapDescriptors: 'declared' | 'list';
  /** Bytes of data-out beyond which WRITE SAME fails: a page of SCST's scatter list, or no limit. */
  readonly writeSameMaxData: number;
  /** What a write to a write-protected logical unit ends with. */
  readonly writeProtected: SenseCondition;
  /** A command with data whose initiator offers no buffer and no data: refused, or carried out, and the residual says what is missing. */
  readonly missingData: 'refused' | 'residual';
  /** WRITE SAME with more data-out than a block: the rest is not looked at, or the command is refused. */
  readonly writeSameExcess: 'ignored' | 'refused';
  /** WRITE SAME with UNMAP and a block that is not zeros: the blocks are freed all the same, or written as the command says. */
  readonly writeSameUnmapData: 'freed' | 'written';
  /** LBPRZ, where what is freed does read as zeros. */
  readonly promisesZeros: boolean;
  /** COMPARE AND WRITE of no blocks with data-out all the same: it is not looked at, or the command is refused. */
  readonly emptyCompareExcess: 'ignored' | 'refused';
  /** MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT of VPD page B0h. */
  readonly maxUnmapDescriptors: number;
  /** VPD pages B0h and B1h tell of atomic writes and of reads after SANITIZE. */
  readonly announcesT10Commands: boolean;
}

const SCST: ProfileRules = {
  modePageAdvance: { caching: 2, control: 2 },
  keepsPagesBeforeError: false,
  readsPastRefusedControlPage: false,
  savedTmfOnly: 'saved',
  descriptorInformation: 'value',
  dataLength: 'cdb',
  unmapDescriptors: 'declared',
  writeSameMaxData: Infinity,
  writeProtected: SENSE_CONDITION.DATA_PROTECT,
  missingData: 'refused',
  writeSameExcess: 'ignored',
  writeSameUnmapData: 'freed',
  promisesZeros: false,
  emptyCompareExcess: 'ignored',
  maxUnmapDescriptors: 0xffff_ffff,
  announcesT10Commands: false,
};

export const PROFILE_RULES: Readonly<Record<Profile, ProfileRules>> = {
  recorded: {
    ...SCST,
    modePageAdvance: { caching: Infinity, control: 0 },
    keepsPagesBeforeError: true,
    readsPastRefusedControlPage: true,
    savedTmfOnly: 'default',
    descriptorInformation: 'zero',
    dataLength: 'buffer',
    unmapDescriptors: 'list',
    writeSameMaxData: 4096,
  },
  scst: SCST,
  t10: {
    ...SCST,
    writeProtected: SENSE_CONDITION.WRITE_PROTECTED,
    missingData: 'residual',
    writeSameExcess: 'refused',
    writeSameUnmapData: 'written',
    promisesZeros: true,
    emptyCompareExcess: 'refused',
    maxUnmapDescriptors: 4095,
    announcesT10Commands: true,
  },
};

/** Why the profiles differ. */
export const PROFILE_RULE_DIFFERENCES: Explained<ProfileRules> = {
  modePageAdvance: {
    clause: 'SPC-5 7.5.1',
    why: 'SCST stops at the end of a caching page and goes on two bytes too early behind a control page, so that a MODE SELECT with two pages does half its work or fails. The list is a sequence of whole pages.',
  },
  keepsPagesBeforeError: {
    clause: 'SPC-5 6.11',
    why: 'SCST has taken over the pages before the one it refuses. A MODE SELECT that ends with CHECK CONDITION for a wrong field changes nothing.',
  },
  readsPastRefusedControlPage: {
    clause: 'SPC-5 6.11',
    why: 'SCST goes on behind a control page that it refuses, and changes what the pages there say. A MODE SELECT that ends with CHECK CONDITION for a wrong field changes nothing.',
  },
  savedTmfOnly: { clause: 'SPC-5 6.13.4', why: 'SCST always shows TMF_ONLY as zero among the saved values, whatever was saved.' },
  descriptorInformation: {
    clause: 'SPC-5 4.4.2.2',
    why: 'In descriptor format SCST leaves the place of a miscompare out of the descriptor that it announces.',
  },
  dataLength: {
    clause: 'SPC-5, PARAMETER LIST LENGTH and TRANSFER LENGTH fields',
    why: "SCST takes the initiator's buffer for the length of the data, so that bytes behind the parameter list are parsed and blocks behind the transfer length are written.",
  },
  unmapDescriptors: {
    clause: 'SBC-4, UNMAP parameter list',
    why: 'SCST takes descriptors to the end of the parameter list; UNMAP BLOCK DESCRIPTOR DATA LENGTH says where they end.',
  },
  writeSameMaxData: { clause: 'SBC-4, WRITE SAME commands', why: 'SCST refuses a WRITE SAME whose data does not fit a page of memory.' },
  writeProtected: {
    clause: 'SPC-5 7.5.10 (SWP); SBC-4, write protection',
    why: 'SCST gives DATA PROTECT without an additional sense code. The standards ask for WRITE PROTECTED.',
  },
  missingData: {
    clause: 'RFC 7143 11.4.5 (residuals)',
    why: 'SCST refuses a command whose data-in nobody takes, or whose data-out nobody sends. How much is moved is a matter of the transport: the command is judged like any other, and its residual says how much was left.',
  },
  writeSameExcess: {
    clause: 'SBC-4, WRITE SAME commands',
    why: 'WRITE SAME transfers a single logical block. SCST does not mind more; the other end then means another command than it sent.',
  },
  writeSameUnmapData: {
    clause: 'SBC-4, WRITE SAME commands, unmap operations',
    why: 'SCST frees the blocks whatever the data says, and they read as zeros. A block may be freed if it then reads as what was to be written; else it is written.',
  },
  promisesZeros: {
    clause: 'SBC-4, READ CAPACITY (16) parameter data and Logical Block Provisioning VPD page (LBPRZ)',
    why: 'Freed blocks of a file read as zeros, which SCST does not say.',
  },
  emptyCompareExcess: {
    clause: 'SBC-4, COMPARE AND WRITE command',
    why: 'The data-out of COMPARE AND WRITE is twice its NUMBER OF LOGICAL BLOCKS, which has eight bits. SCST does nothing for 256 blocks, which read as none, and reports success; the other end then means another command than it sent.',
  },
  maxUnmapDescriptors: {
    clause: 'SBC-4, Block Limits VPD page',
    why: 'SCST announces no limit. As many block descriptors as fit the 16 bits of PARAMETER LIST LENGTH can be sent.',
  },
  announcesT10Commands: {
    clause: 'SBC-4, Block Limits and Block Device Characteristics VPD pages',
    why: 'Fields for commands that SCST does not have: the limits of WRITE ATOMIC, and WABEREQ for reads after SANITIZE.',
  },
};

export function profileRules(profile: Profile): ProfileRules {
  return PROFILE_RULES[profile];
}
