import { describe, expect, it } from 'vitest';
import { countOf, readLog } from './cu-log.js';
import { peerTotal } from './peers.js';

const LOG = `some set-up
Suite: First
  Test: Simple ...
    [OK] READ10 returned SUCCESS
passed
  Test: Skipped ...    [SKIPPED] Logical unit is not removable. Skipping test.
passed    Send PRIN/READ_KEYS
  Test: AtOnce ...passed    Send PRIN/READ_KEYS

Suite: Second
  Test: Asserting ...
    [SKIPPED] Skipping assert of something
passed
  Test: Wrong ...
    [FAILED] READ10 failed with sense
FAILED
    1. test_wrong.c:45  - CU_ASSERT_EQUAL(ret,0)
    2. test_wrong.c:46  - CU_ASSERT_EQUAL(_r,0)    Send PRIN/READ_KEYS
  Test: Cut
`;

describe('the log of iscsi-test-cu', () => {
  it('tells passes, failures and skips apart, which the tool’s own summary does not', () => {
    expect(readLog(LOG)).toEqual([
      { suite: 'First', name: 'First.Simple', outcome: 'pass', reasons: [] },
      { suite: 'First', name: 'First.Skipped', outcome: 'skip', reasons: ['Logical unit is not removable. Skipping test.'] },
      { suite: 'First', name: 'First.AtOnce', outcome: 'pass', reasons: [] },
      { suite: 'Second', name: 'Second.Asserting', outcome: 'pass', reasons: [] },
      { suite: 'Second', name: 'Second.Wrong', outcome: 'fail', reasons: ['READ10 failed with sense', 'test_wrong.c:45  - CU_ASSERT_EQUAL(ret,0)', 'test_wrong.c:46  - CU_ASSERT_EQUAL(_r,0)'] },
    ]);
    expect(countOf(readLog(LOG))).toEqual({ pass: 3, fail: 1, skip: 1 });
  });

  it('is compared with peers whose suites add up', () => {
    expect(peerTotal('tgtd', 'thin')).toEqual({ pass: 145, fail: 32, skip: 53 });
    expect(peerTotal('LIO', 'thin')).toEqual({ pass: 127, fail: 18, skip: 85 });
    expect(peerTotal('SCST', 'thin')).toEqual({ pass: 168, fail: 12, skip: 50 });
    expect(peerTotal('SCST', 'plain')).toEqual({ pass: 156, fail: 9, skip: 65 });
  });
});
