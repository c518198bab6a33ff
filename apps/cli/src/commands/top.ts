import { type Command, Option } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { parseInterval } from '../terminal/interval.js';
import { formatRows, formatSummary, topJson } from '../top/format.js';
import { latencyHint, runInteractive } from '../top/interactive.js';
import { SORT_KEYS, type SortKey, topRows, type TopView } from '../top/model.js';
import { rates } from '../top/samples.js';

interface TopFlags {
  readonly interval: number;
  readonly sort: SortKey;
  readonly reverse?: boolean;
  /** `false` with `--no-luns`. */
  readonly luns: boolean;
  readonly once?: boolean;
}

export const addTopCommand = (program: Command, context: Context): void => {
  const command = program
    .command('top')
    .description('show what each session and LUN is doing: IOPS, MB/s, latency, queue')
    .addOption(new Option('-i, --interval <seconds>', 'time between two looks').argParser(parseInterval).default(1000, '1'))
    .addOption(new Option('-s, --sort <column>', 'what the rows are in order of, highest first').choices(SORT_KEYS).default('iops'))
    .option('--reverse', 'lowest first')
    .option('--no-luns', 'sessions only')
    .option('--once', 'print one interval and end')
    .action(async ({ interval, sort, reverse = false, luns, once = false }: TopFlags) => {
      const view: TopView = { sort, reverse, luns };
      await context.withScst(async (scst) => {
        if (context.out.isTerminal && !context.json && !once) {
          await runInteractive(context, scst, view, interval);
          return;
        }
        let first = true;
        for await (const next of rates(scst, interval, context.signal)) {
          const time = new Date();
          if (context.json) {
            if (once) context.out.json(topJson(next, time));
            else context.out.jsonLine(topJson(next, time));
          } else {
            if (!first) context.out.line();
            context.out.line(formatSummary(next, time));
            if (first && latencyHint(next) !== '' && next.sessions.length > 0) context.warn(latencyHint(next));
            for (const line of formatRows(topRows(next, view), context.out.bold, (text) => text)) context.out.line(line);
          }
          first = false;
          await context.out.flush();
          if (once || context.out.closed) return;
        }
      });
    });
  annotate(command, {
    text: [
      'On a terminal it stays until q; elsewhere it prints a table every interval, with --json a line of JSON. QUEUE is what had not been answered at the moment of the look, the rest is of the interval.',
      'LATENCY is measured by SCST while measure_latency is 1; of the kernel’s scst_local LUNs Linux’s own count of their disks is shown. LUNs are counted by the core, and by the kernel where they are disks of this machine: others show no rates.',
    ],
    examples: [
      { command: 'scst-local top', does: 'on a terminal, with keys for sorting' },
      { command: 'scst-local top --once --sort latency', does: 'the second that follows, as a table' },
      { command: 'scst-local top --json --interval 10 > top.jsonl', does: 'a line every ten seconds, for programs' },
    ],
  });
};
