import { type Scst, type StatisticsRates } from '@scst/local';
import { type Context } from '../context.js';
import { openScreen } from '../terminal/screen.js';
import { formatRows, formatSummary } from './format.js';
import { type SortKey, topRows, type TopView } from './model.js';
import { rates } from './samples.js';

/** What each key does; also what the screen's last line says. */
const SORT_BY: Readonly<Record<string, SortKey>> = { i: 'iops', r: 'read', w: 'write', b: 'bandwidth', t: 'latency', u: 'queue', n: 'name' };

const KEYS = `q quit  space stop  l LUNs  o other way  sort: ${Object.entries(SORT_BY).map(([key, sort]) => `${key} ${sort}`).join('  ')}`;

const UP = '\u001b[A';
const DOWN = '\u001b[B';
const PAGE_UP = '\u001b[5~';
const PAGE_DOWN = '\u001b[6~';
const QUIT: readonly string[] = ['q', '\u0003', '\u0004'];

/** Lines of the screen that are no rows: summary, a blank one, headings, a blank one, the keys. */
const FRAME = 5;

/** Shows rates on a terminal of its own until somebody quits. */
export const runInteractive = async (context: Context, scst: Scst, start: TopView, interval: number): Promise<void> => {
  const quit = new AbortController();
  const signal = AbortSignal.any([context.signal, quit.signal]);
  const state = { view: start, stopped: false, offset: 0 };
  let last: { rates: StatisticsRates; time: Date } | undefined;

  using screen = openScreen(
    context,
    (key) => {
      if (QUIT.includes(key)) quit.abort();
      else if (key === 'l') state.view = { ...state.view, luns: !state.view.luns };
      else if (key === 'o') state.view = { ...state.view, reverse: !state.view.reverse };
      else if (key === ' ') state.stopped = !state.stopped;
      else if (SORT_BY[key] !== undefined) state.view = { ...state.view, sort: SORT_BY[key], reverse: false };
      else state.offset += MOVES[key]?.(screen.rows - FRAME) ?? 0;
      draw();
    },
    () => { draw(); },
  );
  const draw = (): void => {
    const { out } = context;
    if (last === undefined) {
      screen.draw([`${out.style('bold', 'scst-local top')}  measuring …`]);
      return;
    }
    const { view, stopped } = state;
    const [headings = '', ...rows] = formatRows(topRows(last.rates, view), (text) => out.style('inverse', text), out.bold);
    const place = Math.max(1, screen.rows - FRAME);
    const offset = Math.max(0, Math.min(state.offset, rows.length - place));
    state.offset = offset;
    const shown = rows.slice(offset, offset + place);
    const sorted = `by ${view.sort}${view.reverse ? ', the other way' : ''}${stopped ? '  STOPPED' : ''}${rows.length > place ? `  rows ${offset + 1}–${offset + shown.length} of ${rows.length}` : ''}`;
    screen.draw([
      `${out.style('bold', 'scst-local top')}  ${formatSummary(last.rates, last.time)}  ${sorted}`,
      last.rates.sessions.length === 0 ? 'There are no sessions.' : out.style('dim', latencyHint(last.rates)),
      headings,
      ...shown,
      ...Array.from({ length: place - shown.length }, () => ''),
      '',
      out.style('dim', KEYS),
    ]);
  };

  draw();
  for await (const next of rates(scst, interval, signal)) {
    if (state.stopped) continue;
    last = { rates: next, time: new Date() };
    draw();
  }
};

/** Why there is no latency, where there is none. */
export const latencyHint = ({ measuresLatency, sessions }: StatisticsRates): string =>
  measuresLatency || sessions.some(({ io }) => io.latency !== undefined) ? '' : 'SCST measures latency once told to: scst-local set measure_latency 1';

const MOVES: Readonly<Record<string, (page: number) => number>> = { [UP]: () => -1, [DOWN]: () => 1, [PAGE_UP]: (page) => -page, [PAGE_DOWN]: (page) => page };

