import { CommandPlayer, type Played } from './command-player.js';
import { type CommandStep } from './command-steps.js';
import { Difference, fromHex, show, toHex } from './difference.js';
import { type Machine } from './machine.js';
import { type CommandRecording } from './recording.js';

/** Replays a recording of SCSI commands on a machine that has none of SCST's modules loaded yet. Throws a {@link Difference}. */
export const replayCommands = async (recording: CommandRecording, machine: Machine): Promise<void> => {
  const player = new CommandPlayer(machine);
  try {
    await player.setup(recording, ([path, data, outcome], errno) => {
      new Comparison(1, `setup: ${data} > ${path}`).errno(outcome?.errno, errno);
    });
    for (const [index, step] of recording.steps.entries()) compare(step, index + 2, await player.play(step));
  } finally {
    await player.close();
  }
};

const compare = (step: CommandStep, line: number, played: Played): void => {
  const comparison = new Comparison(line, show(step));
  if (played.kind === 'write') {
    comparison.errno(step.op === 'sysfs' ? step.errno : undefined, played.errno);
  } else if (played.kind === 'command' && step.op === 'cdb') {
    comparison.text('status', step.status.toString(16).padStart(2, '0'), played.status.toString(16).padStart(2, '0'));
    comparison.bytes('sense', step.sense, played.sense, step.senseMask);
    comparison.text('residual', String(step.resid), String(played.resid));
    if (step.status === 0) comparison.bytes('data-in', step.in, played.in, step.mask);
  }
};

/** One step's outcome against the recorded one. */
class Comparison {
  readonly #line: number;
  readonly #label: string;

  constructor(line: number, label: string) {
    this.#line = line;
    this.#label = label;
  }

  errno(expected = 'success', actual = 'success'): void {
    if (expected !== actual) throw new Difference(this.#line, this.#label, expected, actual);
  }

  bytes(what: string, expected: string, actual: string, mask: string | undefined): void {
    this.text(what, masked(expected, mask), masked(actual, mask));
  }

  text(what: string, expected: string, actual: string): void {
    if (expected === actual) return;
    const at = firstDifference(expected, actual);
    const place = expected.length > 64 && at >= 0 ? ` (first at byte ${at >> 1}: ${expected.slice(at & ~1, (at & ~1) + 32)} against ${actual.slice(at & ~1, (at & ~1) + 32)})` : '';
    throw new Difference(this.#line, this.#label, `${what} ${show(expected)}`, `${what} ${show(actual)}${place}`);
  }
}

/** Hexadecimal digits with the bits that are not compared cleared. */
const masked = (hex: string, mask: string | undefined): string => {
  if (mask === undefined) return hex;
  const bytes = fromHex(hex);
  const bits = fromHex(mask);
  return toHex(bytes.map((byte, index) => byte & (bits[index] ?? 0xff)));
};

const firstDifference = (expected: string, actual: string): number => {
  for (let index = 0; index < expected.length; index++) if (expected[index] !== actual[index]) return index;
  return -1;
};
