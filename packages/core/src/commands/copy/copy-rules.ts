import type { Explained, Profile } from '../../profile.js';

/** What a profile changes in EXTENDED COPY, as data. */
export interface CopyRules {
  /** Which segment the sense data of a failure names: the one that failed, or the one after it. */
  readonly reportedSegment: 'failed' | 'next';
  /** What a segment adds to TRANSFER COUNT of COPY STATUS: its own bytes, or all that were written so far. */
  readonly countedBytes: 'own' | 'so-far';
  /** LU ID TYPE and NUL of an identification descriptor: looked at, or left alone. */
  readonly obsoleteCscdFields: 'checked' | 'ignored';
  /** Bytes of CSCD and segment descriptors together beyond which a list is too long, before its descriptors are counted. */
  readonly maxDescriptorListLength: number;
}

const SCST: CopyRules = { reportedSegment: 'next', countedBytes: 'so-far', obsoleteCscdFields: 'checked', maxDescriptorListLength: Infinity };

export const COPY_RULES: Readonly<Record<Profile, CopyRules>> = {
  recorded: SCST,
  scst: SCST,
  t10: { reportedSegment: 'failed', countedBytes: 'own', obsoleteCscdFields: 'ignored', maxDescriptorListLength: 0xffff },
};

/** Why the profiles differ. */
export const COPY_RULE_DIFFERENCES: Explained<CopyRules> = {
  reportedSegment: { clause: 'SPC-4 6.4.6.1', why: 'SCST has stepped on to the next segment when it says which one failed.' },
  countedBytes: { clause: 'SPC-4 6.21', why: 'In TRANSFER COUNT SCST counts the bytes of earlier segments again with each one.' },
  obsoleteCscdFields: {
    clause: 'SPC-4 6.4.5.1, 6.4.5.4',
    why: 'SCST refuses identification descriptors with LU ID TYPE, and takes NUL for no device. SPC-4, which INQUIRY claims, has LU ID TYPE ignored there, and NUL obsolete.',
  },
  maxDescriptorListLength: {
    clause: 'SPC-4 6.4.3.4',
    why: 'SCST counts descriptors first. A list that is longer than MAXIMUM DESCRIPTOR LIST LENGTH ends with PARAMETER LIST LENGTH ERROR.',
  },
};
