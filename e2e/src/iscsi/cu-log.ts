/** What a test of `iscsi-test-cu` came to. The tool itself knows no skips: it says `[SKIPPED]` and counts a pass. */
export type Outcome = 'pass' | 'fail' | 'skip';

export interface TestResult {
  /** `SUITE.TEST`. */
  readonly name: string;
  readonly suite: string;
  readonly outcome: Outcome;
  /** Of a failure, what the tool said of it: its failed asserts, each once. Of a skip, its reason. */
  readonly reasons: readonly string[];
}

export interface SuiteCount {
  pass: number;
  fail: number;
  skip: number;
}

/**
 * Reads the log of `iscsi-test-cu -V`: one `Suite: NAME`, then for each test `Test: NAME ...`, what it did, and a line that begins with
 * `passed` or `FAILED`, which the next output may follow at once.
 */
export const readLog = (text: string): TestResult[] => {
  const results: TestResult[] = [];
  let suite = '';
  let test: { name: string; lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    const suiteName = /^Suite: (\S+)/u.exec(line)?.[1];
    const testStart = /^ {2}Test: (\S+) \.\.\.(.*)$/u.exec(line);
    if (suiteName !== undefined) {
      suite = suiteName;
    } else if (testStart !== null) {
      const [, name = '', rest = ''] = testStart;
      test = { name, lines: [] };
      // A test that does nothing ends on its own line.
      const ended = /(?:^|\s)(passed|FAILED)/u.exec(rest)?.[1];
      test.lines.push(rest);
      if (ended !== undefined) {
        results.push(resultOf(suite, test, ended === 'FAILED'));
        test = undefined;
      }
    } else if (test !== undefined) {
      const ended = /^(passed|FAILED)/u.exec(line)?.[1];
      if (ended === undefined) {
        test.lines.push(line);
        continue;
      }
      results.push(resultOf(suite, test, ended === 'FAILED'));
      test = undefined;
    } else if (/^ {4}\d+\. /u.test(line)) {
      addAssert(results, line);
    }
  }
  return results;
};

const resultOf = (suite: string, { name, lines }: { name: string; lines: readonly string[] }, failed: boolean): TestResult => {
  const skipped = lines.filter((line) => line.includes('[SKIPPED]') && !line.includes('Skipping assert'));
  const outcome: Outcome = failed ? 'fail' : skipped.length > 0 ? 'skip' : 'pass';
  const said = outcome === 'fail' ? lines.filter((line) => line.includes('[FAILED]')) : outcome === 'skip' ? skipped : [];
  const reasons = [...new Set(said.map((line) => line.replace(/^.*\[(?:FAILED|SKIPPED)\]\s*/u, '').trim()))];
  return { name: `${suite}.${name}`, suite, outcome, reasons };
};

/** Failed asserts stand after the test's end, numbered: `1. file.c:45  - CU_ASSERT…`. */
const addAssert = (results: TestResult[], line: string): void => {
  const last = results.at(-1);
  const assert = /^ {4}\d+\. (.*?)\s*(?: {4}.*)?$/u.exec(line)?.[1];
  if (last?.outcome !== 'fail' || assert === undefined || last.reasons.includes(assert) || last.reasons.length >= 6) return;
  results[results.length - 1] = { ...last, reasons: [...last.reasons, assert] };
};

export const countOf = (results: readonly TestResult[]): SuiteCount => {
  const count = { pass: 0, fail: 0, skip: 0 };
  for (const { outcome } of results) count[outcome] += 1;
  return count;
};
