import { type Profile } from '../profile.js';

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
  /** READ FULL STATUS with a short allocation length loses descriptors, or truncates plainly. */
  readonly fullStatusTruncation: 'drops-descriptors' | 'plain';
}

const SCST: ProfileRules = {
  modePageAdvance: { caching: 2, control: 2 },
  keepsPagesBeforeError: false,
  savedTmfOnly: 'saved',
  descriptorInformation: 'value',
  dataLength: 'cdb',
  unmapDescriptors: 'declared',
  writeSameMaxData: Infinity,
  fullStatusTruncation: 'plain',
};

const RULES: Readonly<Record<Profile, ProfileRules>> = {
  recorded: {
    modePageAdvance: { caching: Infinity, control: 0 },
    keepsPagesBeforeError: true,
    savedTmfOnly: 'default',
    descriptorInformation: 'zero',
    dataLength: 'buffer',
    unmapDescriptors: 'list',
    writeSameMaxData: 4096,
    fullStatusTruncation: 'drops-descriptors',
  },
  scst: SCST,
  t10: SCST,
};

export function profileRules(profile: Profile): ProfileRules {
  return RULES[profile];
}
