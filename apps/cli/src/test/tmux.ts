import { spawnSync } from 'node:child_process';

/** Whether there is a tmux for tests of a real terminal. */
export const hasTmux = (): boolean => spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0;

/** Milliseconds in which a screen must come to what is expected. */
const PATIENCE = 30_000;

/** A server that is ending still has its name. */
let count = 0;

/** A terminal that a test types into and looks at: a tmux server of its own, so that no other is touched. */
export class Tmux {
  readonly #server: string;
  readonly #env: NodeJS.ProcessEnv;

  /** @param env What programs in it see besides this process's environment. */
  constructor(name: string, env: Readonly<Record<string, string>> = {}) {
    count += 1;
    this.#server = `${name}-${process.pid}-${count}`;
    this.#env = { ...process.env, ...env };
  }

  run(...words: readonly string[]): string {
    return spawnSync('tmux', ['-L', this.#server, ...words], { encoding: 'utf8', env: this.#env }).stdout;
  }

  /** Starts a shell command on a screen of so many columns and rows. */
  start(columns: number, rows: number, command: string): void {
    this.run('new-session', '-d', '-x', String(columns), '-y', String(rows), command);
  }

  /** Presses keys, by tmux's names for them. */
  press(...keys: readonly string[]): void {
    this.run('send-keys', ...keys);
  }

  type(text: string): void {
    this.run('send-keys', '-l', text);
  }

  /** What the screen shows once it fits. */
  async shows(wanted: RegExp): Promise<string> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const screen = this.run('capture-pane', '-p');
      if (wanted.test(screen)) return screen;
      if (Date.now() > deadline) throw new Error(`no ${wanted} on the screen:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  [Symbol.dispose](): void {
    this.run('kill-server');
  }
}
