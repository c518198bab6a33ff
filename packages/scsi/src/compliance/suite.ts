import type { LogicalUnit } from '../logical-unit.js';
import { lifeRules } from './life-rules.js';
import { resultRules } from './result-rules.js';
import { type ComplianceFeature, measure, type Rule } from './rule.js';
import { transferRules } from './transfer-rules.js';

export interface LogicalUnitComplianceOptions {
  /** What the implementation cannot do; the rules about it are left out. Default: nothing. */
  readonly without?: readonly ComplianceFeature[] | undefined;
}

/** One test: rejects (with an AssertionError, as a rule) where the logical unit does not comply. */
export interface ComplianceCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const RULES: readonly Rule[] = [...resultRules, ...transferRules, ...lifeRules];

/**
 * The contract of {@link LogicalUnit} as cases for any test runner. `create` is asked for a logical unit once per case, which the case closes:
 * a disk of at least 1 MiB **whose data is overwritten**, with nobody else writing to its first 512 KiB meanwhile.
 */
export function logicalUnitCompliance(create: () => LogicalUnit | Promise<LogicalUnit>, options: LogicalUnitComplianceOptions = {}): ComplianceCase[] {
  const { without = [] } = options;
  return RULES.filter(({ feature }) => feature === undefined || !without.includes(feature)).map(({ name, run }) => ({
    name,
    run: async () => {
      const lu = await create();
      try {
        await run(await measure(lu));
      } finally {
        await lu.close();
      }
    },
  }));
}
