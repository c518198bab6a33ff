import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scst } from '@scst/local';
import { type Context } from '../context.js';
import { runUntilSignal } from '../server/run.js';
import { type RunningServer, startServer } from '../server/serve.js';
import { ADVANCED, REMOVAL } from './advanced.js';
import { GUIDE } from './guide.js';
import { Narrator } from './narrator.js';
import { type Chapter } from './step.js';
import { World } from './world.js';

/**
 * SCST's own guide to scst_local, carried out on an SCST of this process in a temporary directory. Everything is checked.
 *
 * @param keep Stay up as a server in the end, until a signal.
 * @throws CliError `MISMATCH` when something is not as it must be.
 */
export const runTour = async (context: Context, { keep }: { keep: boolean }): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-tour-'));
  try {
    await (keep ? tourAndServe(context, directory) : tourOnly(context, directory));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const tourOnly = async (context: Context, directory: string): Promise<void> => {
  const narrator = new Narrator(context);
  const began = performance.now();
  const scst = await Scst.open({ connect: 'embedded', embedded: { stateDirectory: join(directory, 'state'), modules: [] } });
  try {
    await walk(context, narrator, new World(scst, directory), [GUIDE, ADVANCED, REMOVAL]);
  } finally {
    await scst.close();
  }
  const seconds = (performance.now() - began) / 1000;
  narrator.finish({ ok: true, seconds: Number(seconds.toFixed(3)) });
  narrator.say(
    '',
    `Done in ${seconds.toFixed(1)} s: ${narrator.steps.length} steps, every one checked; nothing is left behind.`,
    '',
    'Next:',
    '  scst-local serve                an SCST that stays, in one terminal',
    '  scst-local tree                 what it exports, in another',
    '  scst-local --help               everything else',
    'From a clone: npx scst-local …',
  );
};

const tourAndServe = async (context: Context, directory: string): Promise<void> => {
  const narrator = new Narrator(context);
  const server = await startServer({
    socket: join(directory, 'socket'),
    stateDirectory: join(directory, 'state'),
    profile: 'scst',
    modules: [],
    mountDirectory: undefined,
    config: undefined,
    saveOnExit: false,
  });
  await stoppingOnFailure(server, async () => {
    const scst = await Scst.open({ connect: server.socket });
    try {
      await walk(context, narrator, new World(scst, directory), [GUIDE, ADVANCED]);
    } finally {
      await scst.close();
    }
  });
  narrator.finish({ ok: true, socket: server.socket });
  narrator.say('');
  await runUntilSignal(context, server);
};

/** Runs work that must succeed for a server to go on. */
const stoppingOnFailure = async (server: RunningServer, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    await server.stop();
    throw error;
  }
};

const walk = async (context: Context, narrator: Narrator, world: World, chapters: readonly Chapter[]): Promise<void> => {
  narrator.say('SCST’s guide to scst_local, step by step, in this process.', `Everything happens in ${world.directory}; the lines after # are what one types where SCST is in the kernel.`);
  for (const { title, steps } of chapters) {
    narrator.chapter(title);
    for (const step of steps) {
      context.signal.throwIfAborted();
      const classic = step.classic(world);
      narrator.begin(step, classic);
      const began = performance.now();
      narrator.end(step, classic, await step.run(world), performance.now() - began);
    }
  }
};
