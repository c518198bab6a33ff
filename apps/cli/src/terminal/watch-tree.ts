import { pause } from '@scst/local';
import { type Context } from '../context.js';
import { type JsonValue } from '../output/json.js';
import { openScreen } from './screen.js';

/** What a look at the tree found. */
export interface TreeLook {
  readonly value: JsonValue;
  readonly lines: readonly string[];
}

const QUIT: readonly string[] = ['q', '\u0003', '\u0004'];

/** Shows the tree whenever it is another one, on a terminal in one place, elsewhere one after the other, with --json on a line each. */
export const watchTree = async (context: Context, look: () => Promise<TreeLook>, interval: number): Promise<void> => {
  const { out } = context;
  if (!out.isTerminal || context.json) {
    let first = true;
    for await (const { value, lines } of changing(look, interval, context.signal)) {
      if (context.json) out.jsonLine(value);
      else for (const line of [...(first ? [] : ['']), new Date().toTimeString().slice(0, 8), ...lines]) out.line(line);
      first = false;
      await out.flush();
      if (out.closed) return;
    }
    return;
  }
  const quit = new AbortController();
  let shown: readonly string[] = [];
  using screen = openScreen(
    context,
    (key) => { if (QUIT.includes(key)) quit.abort(); },
    () => { draw(); },
  );
  const draw = (): void => {
    const hidden = shown.length - screen.rows;
    screen.draw(hidden <= 0 ? shown : [...shown.slice(0, screen.rows - 1), out.style('dim', `… and ${hidden + 1} lines more`)]);
  };
  for await (const { lines } of changing(look, interval, AbortSignal.any([context.signal, quit.signal]))) {
    shown = lines;
    draw();
  }
};

/** Looks again and again, and gives what differs from what was seen last. Ends when the signal is aborted. */
async function* changing(look: () => Promise<TreeLook>, interval: number, signal: AbortSignal): AsyncGenerator<TreeLook, void, void> {
  let last: string | undefined;
  try {
    while (!signal.aborted) {
      const began = performance.now();
      const found = await look();
      const took = performance.now() - began;
      const text = found.lines.join('\n');
      if (text !== last) yield found;
      last = text;
      await pause(interval, took, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
