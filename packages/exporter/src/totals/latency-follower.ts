import { type StageLatency } from '../parse/latency.js';
import { type LatencySurvey } from '../survey/types.js';

/** Commands and the seconds they took. */
export interface Taken {
  commands: number;
  seconds: number;
}

/** Commands of a direction by how long they took. */
export interface Distribution extends Taken {
  /** Commands per bucket, not cumulative; one more than there are bounds. */
  readonly buckets: number[];
}

/**
 * Follows the latency files of one session.
 *
 * SCST tells how many commands of a direction and size there were, and what they took on average, stage by stage; single times it does
 * not tell. What came between two scrapes is therefore counted in the bucket of its mean. Sums are those of SCST's averages, which
 * are cut at a tenth of a microsecond; where that makes a sum fall by a little, it stays as it was.
 */
export class LatencyFollower {
  readonly #bounds: readonly number[];
  /** By direction and size. */
  readonly bySize = new Map<string, { readonly direction: string; readonly size: number; readonly total: Taken; readonly stages: Map<string, StageLatency> }>();
  readonly byDirection = new Map<string, Distribution>();
  /** By direction and stage, over all sizes. */
  readonly byStage = new Map<string, { readonly direction: string; readonly stage: string; readonly total: Taken }>();

  /** @param bounds Upper bounds of the buckets in seconds, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    // There from the beginning, at 0: Prometheus takes no account of what a series has when it first appears.
    for (const direction of ['none', 'read', 'write']) this.#distribution(direction);
  }

  /** The files begin anew: measuring was switched off, or the session was made again. What they came to stays. */
  restart(): void {
    for (const { stages } of this.bySize.values()) stages.clear();
  }

  follow(files: readonly LatencySurvey[]): void {
    for (const file of files) this.#followFile(file);
  }

  #followFile({ direction, size, stages }: LatencySurvey): void {
    const key = `${direction} ${size}`;
    const known = this.bySize.get(key) ?? { direction, size, total: { commands: 0, seconds: 0 }, stages: new Map<string, StageLatency>() };
    this.bySize.set(key, known);
    if (wasReset(known.stages, stages)) known.stages.clear();
    // Every command passes the stages that all pass, so the most frequent one tells how many there were.
    const before = Math.max(0, ...[...known.stages.values()].map(({ count }) => count));
    const commands = Math.max(before, ...stages.map(({ count }) => count)) - before;
    let seconds = 0;
    for (const stage of stages) seconds += this.#followStage(known.stages, direction, stage);
    known.total.commands += commands;
    known.total.seconds += seconds;
    this.#distribute(direction, commands, seconds);
  }

  /** Gives the seconds that came to a stage. */
  #followStage(stages: Map<string, StageLatency>, direction: string, stage: StageLatency): number {
    const known = stages.get(stage.stage);
    const seconds = Math.max(0, stage.sum - (known?.sum ?? 0));
    const key = `${direction} ${stage.stage}`;
    const over = this.byStage.get(key) ?? { direction, stage: stage.stage, total: { commands: 0, seconds: 0 } };
    this.byStage.set(key, over);
    over.total.commands += stage.count - (known?.count ?? 0);
    over.total.seconds += seconds;
    stages.set(stage.stage, { ...stage, sum: Math.max(stage.sum, known?.sum ?? 0) });
    return seconds;
  }

  #distribution(direction: string): Distribution {
    const known = this.byDirection.get(direction) ?? { commands: 0, seconds: 0, buckets: Array.from({ length: this.#bounds.length + 1 }, () => 0) };
    this.byDirection.set(direction, known);
    return known;
  }

  #distribute(direction: string, commands: number, seconds: number): void {
    const known = this.#distribution(direction);
    known.seconds += seconds;
    if (commands === 0) return;
    known.commands += commands;
    const bucket = this.#bounds.findIndex((bound) => seconds / commands <= bound);
    const place = bucket < 0 ? this.#bounds.length : bucket;
    known.buckets[place] = (known.buckets[place] ?? 0) + commands;
  }
}

/** Without a reset a stage stays, its count and its longest time do not fall, and its shortest does not rise. */
const wasReset = (known: ReadonlyMap<string, StageLatency>, stages: readonly StageLatency[]): boolean => {
  const now = new Map(stages.map((stage) => [stage.stage, stage]));
  for (const [name, last] of known) {
    const stage = now.get(name);
    if (stage === undefined || stage.count < last.count || stage.max < last.max || stage.min > last.min) return true;
  }
  return false;
};
