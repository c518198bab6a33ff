import { type Profile } from '../profile.js';

/**
 * What a profile changes in the data path, as data. Each `recorded` value is a defect listed in SPEC 18 (or 13); the rows that
 * show it read it here.
 */
export interface ProfileRules {
  /**
   * MODE SELECT with several pages: `stops`, where the caching page ends parsing and the control page advances by two bytes too
   * few, or `continues` through all pages.
   */
  readonly modeSelectPages: 'stops' | 'continues';
  /** INFORMATION of a miscompare in descriptor format: announced but zero, or as in SPC-5 4.4.2.2. */
  readonly descriptorInformation: 'zero' | 'value';
  /** READ FULL STATUS with a short allocation length loses descriptors, or truncates plainly. */
  readonly fullStatusTruncation: 'drops-descriptors' | 'plain';
  /** Parameter lists are parsed as far as the CDB says (what was not sent reads as zeros), or as far as was sent. */
  readonly parameterListEnd: 'cdb' | 'sent';
}

const RULES: Readonly<Record<Profile, ProfileRules>> = {
  recorded: { modeSelectPages: 'stops', descriptorInformation: 'zero', fullStatusTruncation: 'drops-descriptors', parameterListEnd: 'cdb' },
  scst: { modeSelectPages: 'continues', descriptorInformation: 'value', fullStatusTruncation: 'plain', parameterListEnd: 'sent' },
  t10: { modeSelectPages: 'continues', descriptorInformation: 'value', fullStatusTruncation: 'plain', parameterListEnd: 'sent' },
};

export function profileRules(profile: Profile): ProfileRules {
  return RULES[profile];
}
