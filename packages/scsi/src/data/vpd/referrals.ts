import { word } from '../../field.js';
import type { StructInput, StructValues } from '../struct.js';
import { VPD_PAGE } from './page.js';
import { defineStructPage } from './struct-page.js';

/** Referrals VPD page (B3h), SBC-4 6.6.8. */
export const REFERRALS_PAGE = defineStructPage(VPD_PAGE.REFERRALS, 16, {
  /** Logical blocks; 0 = segments differ in size. */
  userDataSegmentSize: word('USER DATA SEGMENT SIZE', 8, 4),
  userDataSegmentMultiplier: word('USER DATA SEGMENT MULTIPLIER', 12, 4),
});

export type ReferralsPage = StructValues<typeof REFERRALS_PAGE.fields>;
export type ReferralsPageInput = StructInput<typeof REFERRALS_PAGE.fields>;
