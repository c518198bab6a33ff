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
    const drafts = this.#ordered();
    const operations = finished(drafts);
    if (probe === undefined) return { operations, blocked: [] };
    const reasons = await findReasons(drafts, probe);
    if (reasons.size === 0) return { operations, blocked: [] };
    const blockedBy = new Map<number, string>();
    const blocked: BlockedOperation[] = [];
    const free: Operation[] = [];
    for (const operation of operations) {
      const needed = operation.needs.find((id) => blockedBy.has(id));
      const reason = reasons.get(operation.id) ?? (needed === undefined ? undefined : `needs an operation that is held back (${blockedBy.get(needed) ?? ''})`);
      if (reason === undefined) {
        free.push(operation);
        continue;
      }
      blockedBy.set(operation.id, reason);
      blocked.push({ operation, reason, hint: 'force does it all the same' });
    }
    return { operations: free, blocked };
  }

  /** By phase, and within one as they came. */
  #ordered(): Draft[] {
    const byPhase = new Map<Phase, Draft[]>(PHASES.map((phase) => [phase, []]));
    for (const draft of this.#drafts) byPhase.get(draft.phase)?.push(draft);
    return [...byPhase.values()].flat();
  }
}

/** Why operations may be done by force only, by their ids. Nearly all of a large plan need not be asked for. */
const findReasons = async (drafts: readonly Draft[], probe: InUseProbe): Promise<Map<number, string>> => {
  const reasons = new Map<number, string>();
  const asked: Promise<void>[] = [];
  const ask = async (id: number, affects: Affected): Promise<void> => {
    const reason = await probe(affects);
    if (reason !== undefined) reasons.set(id, reason);
  };
  for (const [id, { needsForce, affects }] of drafts.entries()) {
    if (needsForce !== undefined) reasons.set(id, needsForce);
    else if (affects !== undefined) asked.push(ask(id, affects));
  }
  await Promise.all(asked);
  return reasons;
};

const finished = (drafts: readonly Draft[]): Operation[] => {
  const providers = new Map<string, number>();
  for (const [id, { provides }] of drafts.entries()) if (provides !== undefined) providers.set(provides, id);
  return drafts.map((draft, id) => finish(draft, id, providers));
};

const NOTHING: readonly never[] = [];
const NO_GOAL: Goal = { type: 'none' };
const NOWHERE: Location = {};

const finish = (draft: Draft, id: number, providers: ReadonlyMap<string, number>): Operation => {
  const { kind, phase, lane, subject, summary, before, after, write, module, undo = NOTHING, goal = NO_GOAL, affects, location = NOWHERE, requires = NOTHING } = draft;
  let needs: number[] | undefined;
  for (const name of requires) {
    const provider = providers.get(name);
    if (provider !== undefined && provider < id) (needs ??= []).push(provider);
  }
  return { id, kind, phase, lane, subject, summary, before, after, write, module, undo, goal, needs: needs ?? NOTHING, affects, location };
};
