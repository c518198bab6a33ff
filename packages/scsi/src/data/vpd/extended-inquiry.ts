import { bits, flag, word } from '../../field.js';
import type { StructInput, StructValues } from '../struct.js';
import { VPD_PAGE } from './page.js';
import { defineStructPage } from './struct-page.js';

/** Extended INQUIRY Data VPD page (86h), SPC-5 7.7.7. */
export const EXTENDED_INQUIRY_PAGE = defineStructPage(VPD_PAGE.EXTENDED_INQUIRY_DATA, 64, {
  activateMicrocode: bits('ACTIVATE MICROCODE', 4, 7, 2),
  /** SPT: which types of protection the device supports, SBC-4 table 155. */
  supportedProtectionType: bits('SPT', 4, 5, 3),
  guardCheck: flag('GRD_CHK', 4, 2),
  applicationTagCheck: flag('APP_CHK', 4, 1),
  referenceTagCheck: flag('REF_CHK', 4, 0),
  uaskSup: flag('UASK_SUP', 5, 5),
  groupSup: flag('GROUP_SUP', 5, 4),
  priorSup: flag('PRIOR_SUP', 5, 3),
  headSup: flag('HEADSUP', 5, 2),
  ordSup: flag('ORDSUP', 5, 1),
  simpSup: flag('SIMPSUP', 5, 0),
  wuSup: flag('WU_SUP', 6, 3),
  crdSup: flag('CRD_SUP', 6, 2),
  nvSup: flag('NV_SUP', 6, 1),
  /** There is a volatile cache. */
  vSup: flag('V_SUP', 6, 0),
  noPiChk: flag('NO_PI_CHK', 7, 5),
  protectionInformationIntervalSupported: flag('P_I_I_SUP', 7, 4),
  /** A unit attention of this logical unit is cleared only by a command to it. */
  luiclr: flag('LUICLR', 7, 0),
  luCollectionType: bits('LU COLLECTION TYPE', 8, 7, 3),
  referralsSupported: flag('R_SUP', 8, 4),
  revertToDefaultsSupported: flag('RTD_SUP', 8, 3),
  hssrelef: flag('HSSRELEF', 8, 1),
  cbcs: flag('CBCS', 8, 0),
  multiNexusMicrocodeDownload: bits('MULTI I_T NEXUS MICROCODE DOWNLOAD', 9, 3, 4),
  extendedSelfTestCompletionMinutes: word('EXTENDED SELF-TEST COMPLETION MINUTES', 10, 2),
  poaSup: flag('POA_SUP', 12, 7),
  hraSup: flag('HRA_SUP', 12, 6),
  vsaSup: flag('VSA_SUP', 12, 5),
  dmsValid: flag('DMS_VALID', 12, 4),
  maximumSupportedSenseDataLength: word('MAXIMUM SUPPORTED SENSE DATA LENGTH', 13, 1),
  ibs: flag('IBS', 14, 7),
  ias: flag('IAS', 14, 6),
  sac: flag('SAC', 14, 2),
  nrd1: flag('NRD1', 14, 1),
  nrd0: flag('NRD0', 14, 0),
  maximumInquiryChangeLogs: word('MAXIMUM INQUIRY CHANGE LOGS', 15, 2),
  maximumModePageChangeLogs: word('MAXIMUM MODE PAGE CHANGE LOGS', 17, 2),
});

export type ExtendedInquiryPage = StructValues<typeof EXTENDED_INQUIRY_PAGE.fields>;
export type ExtendedInquiryPageInput = StructInput<typeof EXTENDED_INQUIRY_PAGE.fields>;
