import { type Outcome } from './cu-log.js';

/**
 * What iscsi-test-cu 1.19 (`-d -S -V -t ALL`, two portals, two initiator names) came to with other targets, on a plain and on a thin
 * LUN of 200 MB: tgtd 1.0.85, LIO of Linux 6.1, and SCST 3.11-pre. Skips are counted as in {@link readLog}.
 */
export const PEERS = ['tgtd', 'LIO', 'SCST'] as const;
export type Peer = (typeof PEERS)[number];
export type PeerLun = 'plain' | 'thin';

/** Tests that passed, failed and were skipped, by suite: for each peer on the plain LUN, then on the thin one. */
export const PEER_SUITES: Readonly<Record<string, Readonly<Record<Peer, readonly [plain: string, thin: string]>>>> = {
  CompareAndWrite: { tgtd: ['0/0/5', '0/0/5'], LIO: ['1/2/2', '1/2/2'], SCST: ['2/2/1', '3/2/0'] },
  ExtendedCopy: { tgtd: ['0/0/6', '0/0/6'], LIO: ['6/0/0', '6/0/0'], SCST: ['4/2/0', '4/2/0'] },
  GetLBAStatus: { tgtd: ['1/1/1', '0/0/3'], LIO: ['0/0/3', '0/0/3'], SCST: ['1/0/2', '1/0/2'] },
  Inquiry: { tgtd: ['6/0/1', '7/0/0'], LIO: ['7/0/0', '7/0/0'], SCST: ['6/0/1', '7/0/0'] },
  Mandatory: { tgtd: ['1/0/0', '1/0/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  ModeSense6: { tgtd: ['5/0/0', '5/0/0'], LIO: ['5/0/0', '5/0/0'], SCST: ['4/1/0', '4/1/0'] },
  NoMedia: { tgtd: ['0/0/1', '0/0/1'], LIO: ['0/0/1', '0/0/1'], SCST: ['0/0/1', '0/0/1'] },
  OrWrite: { tgtd: ['6/0/0', '3/3/0'], LIO: ['0/0/6', '0/0/6'], SCST: ['0/0/6', '0/0/6'] },
  Prefetch10: { tgtd: ['4/0/0', '4/0/0'], LIO: ['0/0/4', '0/0/4'], SCST: ['0/0/4', '0/0/4'] },
  Prefetch16: { tgtd: ['4/0/0', '2/2/0'], LIO: ['0/0/4', '0/0/4'], SCST: ['0/0/4', '0/0/4'] },
  PreventAllow: { tgtd: ['0/0/8', '0/0/8'], LIO: ['0/0/8', '0/0/8'], SCST: ['0/0/8', '0/0/8'] },
  PrinReadKeys: { tgtd: ['2/0/0', '2/0/0'], LIO: ['2/0/0', '2/0/0'], SCST: ['2/0/0', '2/0/0'] },
  PrinServiceactionRange: { tgtd: ['0/1/0', '0/1/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  PrinReportCapabilities: { tgtd: ['1/0/0', '1/0/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  ProutRegister: { tgtd: ['1/0/0', '1/0/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  ProutReserve: { tgtd: ['9/4/0', '9/4/0'], LIO: ['13/0/0', '13/0/0'], SCST: ['13/0/0', '13/0/0'] },
  ProutClear: { tgtd: ['1/0/0', '1/0/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  ProutPreempt: { tgtd: ['1/0/0', '1/0/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  Read6: { tgtd: ['2/0/0', '2/0/0'], LIO: ['2/0/0', '2/0/0'], SCST: ['2/0/0', '2/0/0'] },
  Read10: { tgtd: ['6/0/0', '6/0/0'], LIO: ['5/0/1', '5/0/1'], SCST: ['6/0/0', '6/0/0'] },
  Read12: { tgtd: ['5/0/0', '5/0/0'], LIO: ['4/0/1', '4/0/1'], SCST: ['5/0/0', '5/0/0'] },
  Read16: { tgtd: ['5/0/0', '3/2/0'], LIO: ['4/0/1', '4/0/1'], SCST: ['5/0/0', '5/0/0'] },
  ReadCapacity10: { tgtd: ['1/0/0', '1/0/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  ReadCapacity16: { tgtd: ['4/0/0', '3/0/1'], LIO: ['4/0/0', '4/0/0'], SCST: ['4/0/0', '4/0/0'] },
  ReadDefectData10: { tgtd: ['0/0/1', '0/0/1'], LIO: ['0/0/1', '0/0/1'], SCST: ['0/0/1', '0/0/1'] },
  ReadDefectData12: { tgtd: ['0/0/1', '0/0/1'], LIO: ['0/0/1', '0/0/1'], SCST: ['0/0/1', '0/0/1'] },
  ReadOnly: { tgtd: ['0/0/1', '0/0/1'], LIO: ['0/0/1', '0/0/1'], SCST: ['0/0/1', '0/0/1'] },
  ReceiveCopyResults: { tgtd: ['0/0/2', '0/0/2'], LIO: ['1/1/0', '1/1/0'], SCST: ['2/0/0', '2/0/0'] },
  ReportSupportedOpcodes: { tgtd: ['3/0/1', '3/0/1'], LIO: ['0/0/4', '0/0/4'], SCST: ['4/0/0', '4/0/0'] },
  Reserve6: { tgtd: ['4/1/2', '4/1/2'], LIO: ['3/2/2', '3/2/2'], SCST: ['5/2/0', '5/2/0'] },
  Sanitize: { tgtd: ['0/0/11', '0/0/11'], LIO: ['0/0/11', '0/1/10'], SCST: ['0/0/11', '0/0/11'] },
  StartStopUnit: { tgtd: ['0/0/3', '0/0/3'], LIO: ['0/0/3', '0/0/3'], SCST: ['0/0/3', '0/0/3'] },
  TestUnitReady: { tgtd: ['1/0/0', '1/0/0'], LIO: ['1/0/0', '1/0/0'], SCST: ['1/0/0', '1/0/0'] },
  Unmap: { tgtd: ['0/0/3', '2/1/0'], LIO: ['0/0/3', '3/0/0'], SCST: ['0/0/3', '2/1/0'] },
  Verify10: { tgtd: ['8/0/0', '8/0/0'], LIO: ['5/3/0', '5/3/0'], SCST: ['8/0/0', '8/0/0'] },
  Verify12: { tgtd: ['8/0/0', '8/0/0'], LIO: ['0/0/8', '0/0/8'], SCST: ['8/0/0', '8/0/0'] },
  Verify16: { tgtd: ['8/0/0', '4/4/0'], LIO: ['5/3/0', '5/3/0'], SCST: ['8/0/0', '8/0/0'] },
  Write10: { tgtd: ['6/0/0', '6/0/0'], LIO: ['5/0/1', '5/0/1'], SCST: ['6/0/0', '6/0/0'] },
  Write12: { tgtd: ['5/0/0', '5/0/0'], LIO: ['4/0/1', '4/0/1'], SCST: ['5/0/0', '5/0/0'] },
  Write16: { tgtd: ['5/0/0', '3/2/0'], LIO: ['4/0/1', '4/0/1'], SCST: ['5/0/0', '5/0/0'] },
  WriteAtomic16: { tgtd: ['0/0/6', '0/0/6'], LIO: ['0/0/6', '0/0/6'], SCST: ['0/0/6', '0/0/6'] },
  WriteSame10: { tgtd: ['6/0/4', '10/0/0'], LIO: ['4/0/6', '7/0/3'], SCST: ['4/0/6', '8/1/1'] },
  WriteSame16: { tgtd: ['6/0/4', '5/5/0'], LIO: ['4/0/6', '7/0/3'], SCST: ['4/0/6', '8/1/1'] },
  WriteVerify10: { tgtd: ['6/0/0', '6/0/0'], LIO: ['5/0/1', '5/0/1'], SCST: ['6/0/0', '6/0/0'] },
  WriteVerify12: { tgtd: ['6/0/0', '6/0/0'], LIO: ['0/0/6', '0/0/6'], SCST: ['6/0/0', '6/0/0'] },
  WriteVerify16: { tgtd: ['6/0/0', '4/2/0'], LIO: ['5/0/1', '5/0/1'], SCST: ['6/0/0', '6/0/0'] },
  iSCSIcmdsn: { tgtd: ['2/0/0', '2/0/0'], LIO: ['2/0/0', '2/0/0'], SCST: ['2/0/0', '2/0/0'] },
  iSCSIdatasn: { tgtd: ['0/1/0', '0/1/0'], LIO: ['0/1/0', '0/1/0'], SCST: ['0/1/0', '0/1/0'] },
  iSCSIResiduals: { tgtd: ['10/0/0', '7/3/0'], LIO: ['4/5/1', '4/5/1'], SCST: ['9/1/0', '9/1/0'] },
  iSCSITMF: { tgtd: ['2/0/0', '2/0/0'], LIO: ['2/0/0', '2/0/0'], SCST: ['2/0/0', '2/0/0'] },
  MultipathIO: { tgtd: ['2/1/1', '2/1/1'], LIO: ['4/0/0', '4/0/0'], SCST: ['4/0/0', '4/0/0'] },
};

/** Tests that failed with at least one of them, each outcome in the same order. */
export const PEER_TESTS: Readonly<Record<string, Readonly<Record<Peer, readonly [plain: Outcome, thin: Outcome]>>>> = {
  'CompareAndWrite.Simple': { tgtd: ['skip', 'skip'], LIO: ['fail', 'fail'], SCST: ['fail', 'fail'] },
  'CompareAndWrite.Miscompare': { tgtd: ['skip', 'skip'], LIO: ['fail', 'fail'], SCST: ['fail', 'fail'] },
  'ExtendedCopy.DescrLimits': { tgtd: ['skip', 'skip'], LIO: ['pass', 'pass'], SCST: ['fail', 'fail'] },
  'ExtendedCopy.ValidTgtDescr': { tgtd: ['skip', 'skip'], LIO: ['pass', 'pass'], SCST: ['fail', 'fail'] },
  'GetLBAStatus.BeyondEol': { tgtd: ['fail', 'skip'], LIO: ['skip', 'skip'], SCST: ['pass', 'pass'] },
  'ModeSense6.Control-SWP': { tgtd: ['pass', 'pass'], LIO: ['pass', 'pass'], SCST: ['fail', 'fail'] },
  'OrWrite.Simple': { tgtd: ['pass', 'fail'], LIO: ['skip', 'skip'], SCST: ['skip', 'skip'] },
  'OrWrite.BeyondEol': { tgtd: ['pass', 'fail'], LIO: ['skip', 'skip'], SCST: ['skip', 'skip'] },
  'OrWrite.Verify': { tgtd: ['pass', 'fail'], LIO: ['skip', 'skip'], SCST: ['skip', 'skip'] },
  'Prefetch16.Simple': { tgtd: ['pass', 'fail'], LIO: ['skip', 'skip'], SCST: ['skip', 'skip'] },
  'Prefetch16.BeyondEol': { tgtd: ['pass', 'fail'], LIO: ['skip', 'skip'], SCST: ['skip', 'skip'] },
  'PrinServiceactionRange.Range': { tgtd: ['fail', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'ProutReserve.OwnershipEA': { tgtd: ['fail', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'ProutReserve.OwnershipWE': { tgtd: ['fail', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'ProutReserve.OwnershipEARO': { tgtd: ['fail', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'ProutReserve.OwnershipWERO': { tgtd: ['fail', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'Read16.Simple': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'Read16.BeyondEol': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'ReceiveCopyResults.CopyStatus': { tgtd: ['skip', 'skip'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'Reserve6.2Initiators': { tgtd: ['fail', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'Reserve6.Logout': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['fail', 'fail'] },
  'Reserve6.ITNexusLoss': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['fail', 'fail'] },
  'Sanitize.Readonly': { tgtd: ['skip', 'skip'], LIO: ['skip', 'fail'], SCST: ['skip', 'skip'] },
  'Unmap.ZeroBlocks': { tgtd: ['skip', 'fail'], LIO: ['skip', 'pass'], SCST: ['skip', 'fail'] },
  'Verify10.VerifyProtect': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'Verify10.Dpo': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'Verify10.Mismatch': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'Verify16.Simple': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'Verify16.BeyondEol': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'Verify16.VerifyProtect': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'Verify16.Dpo': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'Verify16.Mismatch': { tgtd: ['pass', 'fail'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'Verify16.MismatchNoCmp': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'Write16.Simple': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'Write16.BeyondEol': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'WriteSame10.InvalidDataOutSize': { tgtd: ['skip', 'pass'], LIO: ['skip', 'skip'], SCST: ['skip', 'fail'] },
  'WriteSame16.Simple': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'WriteSame16.BeyondEol': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'WriteSame16.Unmap': { tgtd: ['skip', 'fail'], LIO: ['skip', 'pass'], SCST: ['skip', 'pass'] },
  'WriteSame16.UnmapUntilEnd': { tgtd: ['skip', 'fail'], LIO: ['skip', 'pass'], SCST: ['skip', 'pass'] },
  'WriteSame16.Check': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'WriteSame16.InvalidDataOutSize': { tgtd: ['skip', 'pass'], LIO: ['skip', 'skip'], SCST: ['skip', 'fail'] },
  'WriteVerify16.Simple': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'WriteVerify16.BeyondEol': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'iSCSIdatasn.iSCSIDataSnInvalid': { tgtd: ['fail', 'fail'], LIO: ['fail', 'fail'], SCST: ['fail', 'fail'] },
  'iSCSIResiduals.Read10Invalid': { tgtd: ['pass', 'pass'], LIO: ['pass', 'pass'], SCST: ['fail', 'fail'] },
  'iSCSIResiduals.Read16Residuals': { tgtd: ['pass', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
  'iSCSIResiduals.Write10Residuals': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'iSCSIResiduals.Write12Residuals': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'iSCSIResiduals.Write16Residuals': { tgtd: ['pass', 'fail'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'iSCSIResiduals.WriteVerify10Residuals': { tgtd: ['pass', 'pass'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'iSCSIResiduals.WriteVerify16Residuals': { tgtd: ['pass', 'fail'], LIO: ['fail', 'fail'], SCST: ['pass', 'pass'] },
  'MultipathIO.CompareAndWriteAsync': { tgtd: ['fail', 'fail'], LIO: ['pass', 'pass'], SCST: ['pass', 'pass'] },
};

/** Passes, failures and skips of all tests. */
export const peerTotal = (peer: Peer, lun: PeerLun): { pass: number; fail: number; skip: number } => {
  const total = { pass: 0, fail: 0, skip: 0 };
  for (const suite of Object.values(PEER_SUITES)) {
    const [pass = 0, fail = 0, skip = 0] = suite[peer][lun === 'plain' ? 0 : 1].split('/').map(Number);
    total.pass += pass;
    total.fail += fail;
    total.skip += skip;
  }
  return total;
};
