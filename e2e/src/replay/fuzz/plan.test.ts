import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCommands, recordCommands } from '../command-record.js';
import { replayCommands } from '../command-replay.js';
import { createMachine } from '../machine.js';
import { readRecording } from '../recording.js';
import { formatTree, recordTree } from '../tree-record.js';
import { replayTree } from '../tree-replay.js';
import { plan, type PlannedScript } from './plan.js';

const QUICK = 40;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scst-fuzz-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Carries a script out on the core, writes what came out, and replays that on a core made anew. */
const recordAndReplay = async ({ file, text }: PlannedScript): Promise<void> => {
  const path = join(folder, file);
  await writeFile(path, text);
  const script = await readRecording(path);
  {
    await using machine = await createMachine({ door: 'memory', profile: 'recorded', scan: script.kind === 'tree' ? 'auto' : 'manual' });
    await writeFile(path, script.kind === 'tree' ? formatTree(await recordTree(script, machine)) : formatCommands(await recordCommands(script, machine)));
  }
  await using machine = await createMachine({ door: 'memory', profile: 'recorded', scan: script.kind === 'tree' ? 'auto' : 'manual' });
  const recording = await readRecording(path);
  if (recording.kind === 'tree') await replayTree(recording, machine);
  else await replayCommands(recording, machine);
};

describe('the scripts of a seed', () => {
  it('are the same each time, and others for another seed', () => {
    const scripts = plan({ seed: 7, steps: QUICK });
    expect(plan({ seed: 7, steps: QUICK })).toEqual(scripts);
    expect(plan({ seed: 8, steps: QUICK })).not.toEqual(scripts);
  });
  it('are not changed by what is chosen of them', () => {
    const scripts = plan({ seed: 7, steps: QUICK });
    const chosen = [...plan({ seed: 7, steps: QUICK, only: 'tree' }), ...plan({ seed: 7, steps: QUICK, kinds: ['vcdrom'], topics: ['units'] })];
    expect(chosen.length).toBeGreaterThan(10);
    expect(scripts).toEqual(expect.arrayContaining(chosen));
  });
  it.each(plan({ seed: 3, steps: QUICK }).filter(({ file }, index) => index % 4 === 0 || file.startsWith('tree')))('$file: what the core answers is what it answers again', async (script) => {
    await recordAndReplay(script);
  });
});
