import { spawn } from 'node:child_process';

/** What a service manager is told (sd_notify(3)). Nothing is said where none listens. */
export interface ServiceNotifier {
  /** The service answers. `status` is what `systemctl status` shows. */
  ready(status: string): void;
  /** The configuration is being read again; {@link ready} ends that. */
  reloading(status: string): void;
  stopping(status: string): void;
  /** Ends the watchdog's messages. Resolves when everything said has been handed on. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds that systemd has to take a message. */
const PATIENCE = 5000;

/**
 * Node has no datagram sockets of the unix kind, so systemd's own program hands the messages on. They come from its process, so that the unit
 * needs `NotifyAccess=all`. Where `WatchdogSec=` is set, a message goes out twice in that time for as long as the event loop turns.
 */
export const serviceNotifier = (env: Environment): ServiceNotifier => {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return SILENT;
  const notifier = new SystemdNotifier(env);
  notifier.watch(watchdogInterval(env));
  return notifier;
};

const SILENT: ServiceNotifier = { ready: () => undefined, reloading: () => undefined, stopping: () => undefined, close: () => Promise.resolve() };

/** Milliseconds between two messages for the watchdog: half of what it allows. Undefined where it is not ours. */
export const watchdogInterval = ({ WATCHDOG_USEC: time = '', WATCHDOG_PID: pid = '' }: Environment, ownPid = process.pid): number | undefined => {
  if (!/^[1-9]\d*$/u.test(time) || (pid !== '' && pid !== String(ownPid))) return undefined;
  return Math.max(1, Math.floor(Number(time) / 2000));
};

class SystemdNotifier implements ServiceNotifier {
  readonly #env: Environment;
  #said: Promise<void> = Promise.resolve();
  #watchdog: NodeJS.Timeout | undefined;

  constructor(env: Environment) {
    this.#env = env;
  }

  watch(interval: number | undefined): void {
    if (interval === undefined) return;
    this.#watchdog = setInterval(() => { this.#say('WATCHDOG=1'); }, interval);
    this.#watchdog.unref();
  }

  ready(status: string): void {
    this.#say('--ready', `--status=${status}`, `MAINPID=${process.pid}`);
  }

  reloading(status: string): void {
    this.#say('RELOADING=1', `STATUS=${status}`);
  }

  stopping(status: string): void {
    this.#say('STOPPING=1', `STATUS=${status}`);
  }

  async close(): Promise<void> {
    clearInterval(this.#watchdog);
    await this.#said;
  }

  /** One after the other, so that they arrive in order. */
  #say(...words: readonly string[]): void {
    this.#said = this.#said.then(() => this.#hand(words));
  }

  #hand(words: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn('systemd-notify', words, { stdio: 'ignore', timeout: PATIENCE, env: { ...process.env, NOTIFY_SOCKET: this.#env['NOTIFY_SOCKET'] } });
      // Without the program systemd waits for a message that does not come, and says so itself.
      child.on('error', () => { resolve(); });
      child.on('close', () => { resolve(); });
    });
  }
}
