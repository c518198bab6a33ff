import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Why Prometheus cannot be run here, or undefined. */
export const prometheusMissing = (): string | undefined => ['prometheus', 'promtool'].map((program) => (spawnSync(program, ['--version']).status === 0 ? undefined : `${program} is not installed`)).find((reason) => reason !== undefined);

/** A series as a query gives it. */
export interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus of its own, with its data in a temporary directory. */
export interface Prometheus extends AsyncDisposable {
  /** An instant query. */
  query(expression: string): Promise<readonly Result[]>;
  /** Queries until there is what is looked for. */
  until(expression: string, found: (results: readonly Result[]) => boolean): Promise<readonly Result[]>;
  /** What Prometheus says of its targets. */
  targets(): Promise<readonly { readonly health: string; readonly lastError: string }[]>;
}

/** A port of 127.0.0.1 that is free, from a range. */
export const freePort = async (from: number, to: number): Promise<number> => {
  for (let port = from; port <= to; port++) {
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => { resolve(false); }).listen({ host: '127.0.0.1', port }, () => { resolve(true); });
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`no port from ${from} to ${to} is free`);
};

/**
 * Starts Prometheus.
 *
 * @param scrape The scrape configurations, as YAML of `scrape_configs`.
 * @param files More files beside the configuration, by name.
 */
export const startPrometheus = async (scrape: string, files: Readonly<Record<string, string>> = {}): Promise<Prometheus> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-prometheus-'));
  await writeFile(join(directory, 'prometheus.yml'), `global: { scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s }\n${scrape}`);
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const port = await freePort(19_110, 19_199);
  const child = spawn('prometheus', [`--config.file=${directory}/prometheus.yml`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit');
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const answer = (await response.json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== 'success') throw new Error(`Prometheus refuses ${path}: ${answer.error ?? ''}`);
    return answer.data;
  };
  const query = async (expression: string): Promise<readonly Result[]> => {
    const { result } = (await get(`/api/v1/query?query=${encodeURIComponent(expression)}`)) as { result: { metric: Record<string, string>; value: [number, string] }[] };
    return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    for (let time = 0; ; time++) {
      if (child.exitCode !== null || time > 300) throw new Error(`Prometheus does not start: ${said}`);
      const ready = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
      if (ready?.status === 200) break;
      await sleep(100);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    query,
    until: async (expression, found) => {
      let last: readonly Result[] = [];
      for (let time = 0; time < 250; time++) {
        last = await query(expression);
        if (found(last)) return last;
        await sleep(200);
      }
      throw new Error(`${expression} gave ${JSON.stringify(last)}, and not what was looked for; Prometheus said ${said}`);
    },
    targets: async () => ((await get('/api/v1/targets')) as { activeTargets: { health: string; lastError: string }[] }).activeTargets,
    [Symbol.asyncDispose]: stop,
  };
};
