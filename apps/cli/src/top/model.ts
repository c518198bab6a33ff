import { type IoRates, type LunRates, type SessionRates, type StatisticsRates } from '@scst/local';

/** What the rows of `top` can be in order of, highest first; names from a to z. */
export const SORT_KEYS = ['iops', 'read', 'write', 'bandwidth', 'latency', 'queue', 'name'] as const;

export type SortKey = (typeof SORT_KEYS)[number];

/** How `top` shows what it knows. */
export interface TopView {
  readonly sort: SortKey;
  readonly reverse: boolean;
  readonly luns: boolean;
}

/** A line of `top`: a session, or below it a LUN. */
export interface TopRow {
  readonly name: string;
  /** Of a LUN: its session stands above. */
  readonly isLun: boolean;
  /** Undefined where nobody counts. */
  readonly io: IoRates | undefined;
  readonly queue: number;
}

/** Sessions in order, each with its LUNs in order. */
export const topRows = ({ sessions }: StatisticsRates, { sort, reverse, luns: showsLuns }: TopView): TopRow[] => {
  const compare = (left: TopRow, right: TopRow): number => (reverse ? -1 : 1) * COMPARE[sort](left, right) || byName(left, right);
  return sessions
    .map((session) => ({ row: sessionRow(session), luns: session.luns.map(lunRow) }))
    .sort((left, right) => compare(left.row, right.row))
    .flatMap(({ row, luns }) => [row, ...(showsLuns ? luns.sort(compare) : [])]);
};

const sessionRow = ({ driver, target, session, io, active }: SessionRates): TopRow => ({
  name: `${driver === 'scst_local' ? '' : `${driver}:`}${target}/${session}`,
  isLun: false,
  io,
  queue: active,
});

const lunRow = ({ lun, device, io, active }: LunRates): TopRow => ({ name: `LUN ${lun} → ${device ?? '?'}`, isLun: true, io, queue: active });

/** Digits count as numbers: LUN 2 stands before LUN 10. */
const collator = new Intl.Collator('en', { numeric: true });

const byName = (left: TopRow, right: TopRow): number => collator.compare(left.name, right.name);

const highest =
  (pick: (row: TopRow) => number | undefined) =>
  (left: TopRow, right: TopRow): number =>
    (pick(right) ?? -1) - (pick(left) ?? -1);

const COMPARE: Readonly<Record<SortKey, (left: TopRow, right: TopRow) => number>> = {
  iops: highest(({ io }) => io?.total.commands),
  read: highest(({ io }) => io?.read.bytes),
  write: highest(({ io }) => io?.write.bytes),
  bandwidth: highest(({ io }) => io?.total.bytes),
  latency: highest(({ io }) => io?.latency),
  queue: highest(({ queue }) => queue),
  name: byName,
};
