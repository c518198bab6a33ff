import { countOf, type Outcome, type TestResult } from './cu-log.js';
import { PEER_SUITES, PEER_TESTS, type Peer, PEERS, peerTotal } from './peers.js';
import { EXCUSED, type Run } from './runs.js';

/** What one run came to. */
export interface RunResult {
  readonly profile: 'scst' | 't10';
  readonly run: Run;
  readonly results: readonly TestResult[];
}

/** Something that keeps a goal from being met. */
export type Shortfall = string;

const keyOf = ({ profile, run }: RunResult): string => `${profile} ${run.name}`;

const isExcused = ({ run }: RunResult, test: TestResult): boolean => EXCUSED[test.name]?.runs.includes(run.name) === true;

/** Whether SCST's own target fails a test, on either LUN. */
const scstFails = (name: string): boolean => PEER_TESTS[name]?.SCST.includes('fail') === true;

/** Real passes of a profile over all of its runs: a test counts once. */
export const passedOver = (results: readonly RunResult[], profile: 'scst' | 't10'): number =>
  new Set(results.filter((result) => result.profile === profile).flatMap((result) => result.results.filter(({ outcome }) => outcome === 'pass').map(({ name }) => name))).size;

/** The goals, as far as the runs that were made can tell. */
export const shortfalls = (results: readonly RunResult[]): Shortfall[] => {
  const found: Shortfall[] = [];
  for (const result of results) {
    for (const test of result.results) {
      if (test.outcome !== 'fail' || isExcused(result, test)) continue;
      if (result.profile === 't10' || !scstFails(test.name)) found.push(`${keyOf(result)}: ${test.name} fails: ${test.reasons.join('; ')}`);
    }
    const { pass } = countOf(result.results);
    const least = result.run.name !== 'thin' ? 0 : result.profile === 'scst' ? 168 : 185;
    if (pass < least) found.push(`${keyOf(result)}: ${pass} real passes, at least ${least} are asked for`);
  }
  const t10 = results.filter(({ profile }) => profile === 't10');
  const over = passedOver(t10, 't10');
  if (t10.length > 3 && over < 215) found.push(`t10: ${over} real passes over all runs, at least 215 are asked for`);
  return found;
};

/** docs/conformance.md */
export const report = (results: readonly RunResult[]): string => {
  const names = [...new Set(results.flatMap((result) => result.results.map(({ name }) => name)))];
  const columns = results.map((result) => ({ title: keyOf(result), by: new Map(result.results.map((test) => [test.name, test])), result }));
  const over = passedOver(results, 't10');
  return `# Conformance

<!-- Written by \`npm run conformance\`. -->

libiscsi's \`iscsi-test-cu\` 1.19, \`-d -S -V\`, through two portals with two initiator names, against \`scst-iscsi-target\`. The tool knows no
skips: it prints \`[SKIPPED]\` and counts a pass. Here a skip is a skip. There are 230 tests; no LUN can run them all, so there are several runs.
Profile t10 really passes ${over} of them over its runs.

## In all

| target | run | passed | failed | skipped |
|---|---|---|---|---|
${results.map((result) => `| ours, profile ${result.profile} | ${result.run.name}: ${result.run.what} | ${cells(countOf(result.results))} |`).join('\n')}
${PEERS.flatMap((peer) => (['thin', 'plain'] as const).map((lun) => `| ${peer} | ${lun} | ${cells(peerTotal(peer, lun))} |`)).join('\n')}

The peers: tgtd 1.0.85, LIO of Linux 6.1 and SCST 3.11-pre's own iSCSI target, measured with the same tool and LUNs.

## Failures

${failures(results)}

## Each test

A blank: the run does not have the test. For the peers (thin LUN; plain where it differs), \`?\` stands where only the counts of the suite are
known: it passes or is skipped.

| test | ${columns.map(({ title }) => title).join(' | ')} | ${PEERS.join(' | ')} |
|---|${columns.map(() => '---|').join('')}${PEERS.map(() => '---|').join('')}
${names.map((name) => `| ${name} | ${columns.map(({ by }) => shown(by.get(name)?.outcome)).join(' | ')} | ${PEERS.map((peer) => peerCell(peer, name)).join(' | ')} |`).join('\n')}
`;
};

const cells = ({ pass, fail, skip }: { pass: number; fail: number; skip: number }): string => `${pass} | ${fail} | ${skip}`;

const failures = (results: readonly RunResult[]): string => {
  const lines = results.flatMap((result) =>
    result.results
      .filter(({ outcome }) => outcome === 'fail')
      .map((test) => {
        const why = isExcused(result, test) ? EXCUSED[test.name]?.why : result.profile === 'scst' && scstFails(test.name) ? 'SCST’s own target fails it too.' : test.reasons.join('; ');
        return `- ${keyOf(result)}: **${test.name}**. ${why ?? ''}`;
      }),
  );
  return lines.length === 0 ? 'None.' : lines.join('\n');
};

const shown = (outcome: Outcome | undefined): string => (outcome === undefined ? '' : outcome === 'fail' ? '**FAIL**' : outcome);

const peerCell = (peer: Peer, name: string): string => {
  const thin = peerOutcome(peer, name, 1);
  const plain = peerOutcome(peer, name, 0);
  return thin === plain ? shown(thin) || '?' : `${shown(thin) || '?'} (plain: ${shown(plain) || '?'})`;
};

/** Undefined where the counts of the suite leave it open. */
const peerOutcome = (peer: Peer, name: string, lun: 0 | 1): Outcome | undefined => {
  const known = PEER_TESTS[name]?.[peer][lun];
  if (known !== undefined) return known;
  const suite = name.slice(0, name.indexOf('.'));
  const counts = PEER_SUITES[suite]?.[peer][lun].split('/').map(Number);
  if (counts === undefined) return undefined;
  const [pass = 0, , skip = 0] = counts;
  const listed = Object.entries(PEER_TESTS).filter(([test]) => test.startsWith(`${suite}.`)).map(([, by]) => by[peer][lun]);
  const openPasses = pass - listed.filter((outcome) => outcome === 'pass').length;
  const openSkips = skip - listed.filter((outcome) => outcome === 'skip').length;
  return openSkips === 0 ? 'pass' : openPasses === 0 ? 'skip' : undefined;
};
