import type { SysfsTree } from '../tree.js';
import type { CompliancePart, Rule } from './case.js';
import { concurrencyRules } from './concurrency-rules.js';
import { lookupRules } from './lookup-rules.js';
import { readingRules } from './reading-rules.js';
import { writingRules } from './writing-rules.js';

/** A tree a case is run against. */
export interface TreeUnderTest {
  readonly tree: SysfsTree;
  /** Called when the case is over, whether it passed or not. */
  close?(): Promise<void>;
}

export interface TreeComplianceOptions {
  /**
   * Gives a tree with the modules scst, scst_vdisk and scst_local, asked for once per case. It may be the same every time, and
   * others may use it meanwhile: cases take names of their own and put `setup_id` back.
   */
  readonly create: () => TreeUnderTest | Promise<TreeUnderTest>;
  /**
   * Which parts of the contract to test. Default: all. `files` is what a folder of plain files with `setup_id` (0644), `version`
   * and `targets/` can comply with; `attributes` asks that these behave as attributes; `commands` that `mgmt` files work.
   */
  readonly parts?: readonly CompliancePart[] | undefined;
}

/** One test: rejects (with an AssertionError, as a rule) where the tree does not comply. */
export interface ComplianceCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const RULES: readonly Rule[] = [...lookupRules, ...readingRules, ...writingRules, ...concurrencyRules];

/** The contract of {@link SysfsTree} as cases for any test runner. */
export const treeCompliance = ({ create, parts = ['files', 'attributes', 'commands'] }: TreeComplianceOptions): ComplianceCase[] =>
  RULES.filter((rule) => parts.includes(rule.part)).map((rule) => ({
    name: rule.name,
    run: async () => {
      const subject = await create();
      try {
        await rule.run(subject.tree);
      } finally {
        await subject.close?.();
      }
    },
  }));
