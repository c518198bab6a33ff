import { type IoRates, type StatisticsRates } from '@scst/local';
import { type JsonValue } from '../output/json.js';
import { type Column, formatTable } from '../output/table.js';
import { type TopRow } from './model.js';

const COLUMNS: readonly Column[] = [
  { heading: 'SESSION, LUN' },
  { heading: 'IOPS', align: 'right' },
  { heading: 'READ/S', align: 'right' },
  { heading: 'WRITE/S', align: 'right' },
  { heading: 'READ MB/S', align: 'right' },
  { heading: 'WRITE MB/S', align: 'right' },
  { heading: 'LATENCY', align: 'right' },
  { heading: 'QUEUE', align: 'right' },
];

/** Rows as a table, with its headings. */
export const formatRows = (rows: readonly TopRow[], heading: (text: string) => string, session: (text: string) => string): string[] =>
  formatTable(
    COLUMNS,
    rows.map(({ name, isLun, io, queue }) => [isLun ? `  ${name}` : session(name), ...ioCells(io), String(queue)]),
    heading,
  )
    .split('\n')
    .slice(0, -1);

const ioCells = (io: IoRates | undefined): string[] =>
  io === undefined
    ? ['-', '-', '-', '-', '-', '-']
    : [
        formatRate(io.total.commands),
        formatRate(io.read.commands),
        formatRate(io.write.commands),
        formatMegabytes(io.read.bytes),
        formatMegabytes(io.write.bytes),
        io.latency === undefined ? '-' : formatMicroseconds(io.latency),
      ];

/** Commands a second: a whole number, but for rates so low that it would say nothing. */
export const formatRate = (perSecond: number): string => (perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond)));

/** Bytes a second in megabytes of 1,000,000, as drives and networks are sold. */
export const formatMegabytes = (perSecond: number): string => (perSecond / 1e6).toFixed(1);

export const formatMicroseconds = (microseconds: number): string => {
  if (microseconds < 999.5) return `${Math.round(microseconds)} µs`;
  return microseconds < 999_500 ? `${(microseconds / 1000).toPrecision(3)} ms` : `${(microseconds / 1e6).toPrecision(3)} s`;
};

/** What all sessions do together, in one line. */
export const formatSummary = ({ sessions, total }: StatisticsRates, time: Date): string => {
  const luns = sessions.reduce((sum, session) => sum + session.luns.length, 0);
  const counts = `${sessions.length} session${sessions.length === 1 ? '' : 's'}, ${luns} LUN${luns === 1 ? '' : 's'}`;
  return `${time.toTimeString().slice(0, 8)}  ${counts}  ${formatRate(total.total.commands)} IOPS  ${formatMegabytes(total.total.bytes)} MB/s`;
};

/** What `--json` prints of a moment. */
export const topJson = ({ seconds, measuresLatency, total, sessions }: StatisticsRates, time: Date): JsonValue => ({
  time: time.toISOString(),
  seconds,
  measuresLatency,
  total: ioJson(total),
  sessions: sessions.map(({ driver, target, session, initiator, group, host, active, io, luns }) => ({
    driver, target, session, initiator, group, host, active,
    ...ioJson(io),
    luns: luns.map((lun) => ({ lun: lun.lun, device: lun.device, active: lun.active, ...(lun.io === undefined ? {} : ioJson(lun.io)) })),
  })),
});

/** Rates by the second; the latency in microseconds. */
const ioJson = ({ read, write, other, latency }: IoRates): { readonly [name: string]: JsonValue } => ({
  read: { ...read },
  write: { ...write },
  other: { ...other },
  latency,
});
