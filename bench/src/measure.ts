import { median } from './median.js';

/** A cost in time, with what it took of this process's processor time (user and system), which other programs disturb less. */
export interface Cost {
  value: number;
  /** Milliseconds. */
  processor: number;
}

/** Two things measured side by side: a measurement is a rate (more is better) or a cost (less is better). */
export interface Contestant {
  name: string;
  measure(): number | Cost | Promise<number | Cost>;
}

export interface Comparison {
  title: string;
  unit: string;
  ours: Contestant;
  peer: Contestant;
  /** Rounds, taken in turn so that both meet the same weather. */
  rounds?: number;
  /** What the ratio ours : peer should be. */
  goal: { kind: 'at least' | 'at most'; ratio: number };
}

export interface Verdict {
  title: string;
  unit: string;
  ours: number;
  peer: number;
  ratio: number;
  goal: string;
  met: boolean;
  /** Another thing worth knowing, for the line below. */
  beside?: string;
}

/** Measures both in turn and compares the medians. One unmeasured round each warms up. */
export const compare = async ({ title, unit, ours, peer, goal, rounds = 5 }: Comparison): Promise<Verdict> => {
  const [mine, theirs]: [Cost[], Cost[]] = [[], []];
  await ours.measure();
  await peer.measure();
  for (let round = 0; round < rounds; round++) {
    mine.push(asCost(await ours.measure()));
    theirs.push(asCost(await peer.measure()));
  }
  const [a, b] = [medianOf(mine, 'value'), medianOf(theirs, 'value')];
  const ratio = a / b;
  return {
    title,
    unit,
    ours: a,
    peer: b,
    ratio,
    goal: `${goal.kind} ${goal.ratio} ×`,
    met: goal.kind === 'at least' ? ratio >= goal.ratio : ratio <= goal.ratio,
    ...besideTime(medianOf(mine, 'processor'), medianOf(theirs, 'processor')),
  };
};

const asCost = (measured: number | Cost): Cost => (typeof measured === 'number' ? { value: measured, processor: Number.NaN } : measured);
const medianOf = (costs: readonly Cost[], what: keyof Cost): number => median(costs.map((cost) => cost[what]));

/** The processor times, where they were measured. */
const besideTime = (ours: number, peer: number): { beside?: string } => {
  if (Number.isNaN(ours)) return {};
  const versus = Number.isNaN(peer) ? '' : ` against ${number(peer)} ms: ${(ours / peer).toFixed(2)} ×`;
  return { beside: `processor time: ${number(ours)} ms${versus}` };
};

/** Runs something a number of times and gives runs per second. */
export const perSecond = async (count: number, work: () => void | Promise<void>): Promise<number> => {
  const started = performance.now();
  await work();
  return (count * 1000) / (performance.now() - started);
};

const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3));

export const print = (verdicts: readonly Verdict[], names: { ours: string; peer: string }): void => {
  for (const { title, unit, ours, peer, ratio, goal, met, beside } of verdicts) {
    console.log(`${met ? 'met   ' : 'MISSED'} ${title}`);
    console.log(`         ${names.ours} ${number(ours)} ${unit}, ${names.peer} ${number(peer)} ${unit}: ${ratio.toFixed(2)} × (goal: ${goal})`);
    if (beside !== undefined) console.log(`         ${beside}`);
  }
};
