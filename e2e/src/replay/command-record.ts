import { CommandPlayer, type Played } from './command-player.js';
import { type CommandStep, type RecordedWrite } from './command-steps.js';
import { type Machine } from './machine.js';
import { type CommandRecording } from './recording.js';

/** Carries the steps of a recording out and gives them back with what came out of them here. */
export const recordCommands = async (recording: CommandRecording, machine: Machine): Promise<CommandRecording> => {
  const player = new CommandPlayer(machine);
  try {
    const sysfs: RecordedWrite[] = [];
    await player.setup(recording, ([path, data], errno) => {
      sysfs.push(errno === undefined ? [path, data] : [path, data, { errno }]);
    });
    const steps: CommandStep[] = [];
    for (const step of recording.steps) steps.push(withOutcome(step, await player.play(step)));
    return { ...recording, setup: { ...recording.setup, sysfs }, steps };
  } finally {
    await player.close();
  }
};

const withOutcome = (step: CommandStep, played: Played): CommandStep => {
  if (step.op === 'cdb' && played.kind === 'command') {
    const { status, sense, in: dataIn, resid } = played;
    return { ...step, status, sense, in: dataIn, resid };
  }
  if (step.op !== 'sysfs' || played.kind !== 'write') return step;
  const { op, path, data, hex } = step;
  // What is undefined is left out of the file.
  return { op, path, data, hex, errno: played.errno } as CommandStep;
};

/** As it stands in a file. */
export const formatCommands = ({ setup, steps }: CommandRecording): string => [setup, ...steps].map((line) => `${JSON.stringify(line)}\n`).join('');
