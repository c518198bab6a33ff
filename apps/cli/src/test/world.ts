import { DEFAULT_MODULES } from '../server/modules.js';
import { startServer } from '../server/serve.js';
import { type CliRun, runCli, type RunOptions } from './run-cli.js';
import { temporaryDirectory } from './temporary.js';

/** A server in this process, and a command line that talks to it. */
export interface TestWorld extends AsyncDisposable {
  readonly socket: string;
  /** A path in the world's own directory. */
  file(name: string): string;
  /** Runs a command line against the server. */
  run(words: readonly string[], options?: RunOptions): Promise<CliRun>;
  /** Runs a command line that must succeed. */
  ok(...words: readonly string[]): Promise<CliRun>;
  /** Runs a command line with `--json` that must succeed, and gives its result. */
  json<T>(...words: readonly string[]): Promise<T>;
}

export const createWorld = async (): Promise<TestWorld> => {
  const directory = await temporaryDirectory();
  const server = await startServer({
    socket: directory.file('socket'),
    stateDirectory: directory.file('state'),
    profile: 'scst',
    modules: DEFAULT_MODULES,
    mountDirectory: undefined,
    config: undefined,
    saveOnExit: false,
  });
  const run = (words: readonly string[], options?: RunOptions): Promise<CliRun> => runCli(['--connect', server.socket, ...words], options);
  const ok = async (...words: readonly string[]): Promise<CliRun> => {
    const result = await run(words);
    if (result.exit !== 0) throw new Error(`scst-local ${words.join(' ')} ended with ${result.exit}: ${result.stderr}`);
    return result;
  };
  return {
    socket: server.socket,
    file: (name) => directory.file(name),
    run,
    ok,
    json: async <T>(...words: readonly string[]) => (await ok(...words, '--json')).json() as T,
    [Symbol.asyncDispose]: async () => {
      const failures = await server.stop();
      await directory[Symbol.asyncDispose]();
      if (failures.length > 0) throw new AggregateError(failures, 'the server did not end cleanly');
    },
  };
};
