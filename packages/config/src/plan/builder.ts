import { type Location } from '../model/locator.js';
import { PHASES, type Affected, type BlockedOperation, type Goal, type IgnoredSetting, type Operation, type OperationKind, type Phase, type TreeWrite } from './operation.js';

/** An operation as the planners give it: order and numbers are found later. */
export interface Draft {
  kind: OperationKind;
  phase: Phase;
  lane: string;
  subject: string;
  summary: string;
  before?: string | undefined;
  after?: string | undefined;
  write?: TreeWrite | undefined;
  module?: string | undefined;
  undo?: readonly TreeWrite[] | undefined;
  goal?: Goal | undefined;
  affects?: Affected | undefined;
  location?: Location | undefined;
  /** Names of what is there once this is done: `device:disk1`. */
  provides?: string | undefined;
  /** Names of what must be there; those nobody provides are there already. */
  requires?: readonly string[] | undefined;
  /** Why this may be done by force only. */
  needsForce?: string | undefined;
}

/** Finds the reason why what an operation affects is in use. */
export type InUseProbe = (affected: Affected) => Promise<string | undefined>;

/** Gathers drafts in any order and makes a plan of them. */
export class PlanBuilder {
  readonly #drafts: Draft[] = [];
  readonly #ignored: IgnoredSetting[] = [];

  add(draft: Draft): void {
    this.#drafts.push(draft);
  }

  ignore(setting: IgnoredSetting): void {
    this.#ignored.push(setting);
  }

  get ignored(): readonly IgnoredSetting[] {
    return this.#ignored;
  }

  /**
   * Orders the operations, and holds back what is in use together with what depends on it.
   *
   * @param probe Undefined when everything may be forced.
   */
  async build(probe: InUseProbe | undefined): Promise<{ operations: Operation[]; blocked: BlockedOperation[] }> {
    const operations = this.#ordered();
    if (probe === undefined) return { operations: operations.map(({ operation }) => operation), blocked: [] };
    const reasons = await Promise.all(
      operations.map(async ({ draft }) => draft.needsForce ?? (draft.affects === undefined ? undefined : await probe(draft.affects))),
    );
    const blockedBy = new Map<number, string>();
    const blocked: BlockedOperation[] = [];
    const free: Operation[] = [];
    for (const [index, { operation }] of operations.entries()) {
      const needed = operation.needs.find((id) => blockedBy.has(id));
      const reason = reasons[index] ?? (needed === undefined ? undefined : `needs an operation that is held back (${blockedBy.get(needed) ?? ''})`);
      if (reason === undefined) {
        free.push(operation);
        continue;
      }
      blockedBy.set(operation.id, reason);
      blocked.push({ operation, reason, hint: 'force does it all the same' });
    }
    return { operations: free, blocked };
  }

  #ordered(): { operation: Operation; draft: Draft }[] {
    const rank = new Map<Phase, number>(PHASES.map((phase, index) => [phase, index]));
    const drafts = this.#drafts
      .map((draft, index) => ({ draft, index, rank: rank.get(draft.phase) ?? 0 }))
      .sort((a, b) => a.rank - b.rank || a.index - b.index)
      .map(({ draft }) => draft);
    const providers = new Map<string, number>();
    for (const [id, { provides }] of drafts.entries()) if (provides !== undefined) providers.set(provides, id);
    return drafts.map((draft, id) => ({ draft, operation: finish(draft, id, providers) }));
  }
}

const finish = (draft: Draft, id: number, providers: ReadonlyMap<string, number>): Operation => {
  const { kind, phase, lane, subject, summary, before, after, write, module, undo = [], goal = { type: 'none' }, affects, location = {}, requires = [] } = draft;
  const needs = requires.flatMap((name) => {
    const provider = providers.get(name);
    return provider === undefined || provider >= id ? [] : [provider];
  });
  return { id, kind, phase, lane, subject, summary, before, after, write, module, undo, goal, needs, affects, location };
};
