import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TAG, writeInitialRamDisk } from './initial-ram-disk.js';
import type { Kernel } from './prerequisites.js';

export interface BootOptions {
  readonly kernel: Kernel;
  readonly emulator: string;
  readonly busybox: string;
  /** A shell script, run as root with the root file system of the host around it. Files it writes to {@link SHARED} come back. */
  readonly script: string;
  /** MiB. */
  readonly memory: number;
  readonly processors: number;
  /**
   * The guest's clocks count instructions, four nanoseconds each, and time with nothing to do passes at once: what is measured in it is the same
   * however busy the host is. For one processor.
   */
  readonly instructionClock?: boolean | undefined;
  /** Seconds from power on, after which the machine is switched off. */
  readonly limit: number;
  /** Host paths that the guest must see; a /tmp of its own would hide those below /tmp. */
  readonly paths: readonly string[];
  /** What the guest prints. */
  readonly output: (text: string) => void;
}

export interface Outcome {
  /** Exit status of the script; undefined: it did not come to its end. */
  readonly status: number | undefined;
  readonly timedOut: boolean;
  /** What the kernel wrote to its console. */
  readonly console: string;
  /** Text of a file the script wrote to the shared folder. */
  readonly file: (name: string) => string | undefined;
  /** Removes what the boot left. */
  readonly dispose: () => void;
}

/** A processor that is emulated on a busy machine may get no time for many seconds: that is no stall of the kernel's. */
const PATIENCE = 'rcupdate.rcu_cpu_stall_timeout=200 watchdog_thresh=60';
const KERNEL_PARAMETERS = `console=ttyS0 panic=-1 oops=panic quiet loglevel=4 mitigations=off tsc=reliable no_timer_check ${PATIENCE}`;

/** Carriage returns of the serial line, and what hides and shows a cursor. */
const NOT_FOR_A_LOG = ['\r', '\u001b[?25l', '\u001b[?25h'];

const withoutNoise = (text: string): string => NOT_FOR_A_LOG.reduce((left, noise) => left.replaceAll(noise, ''), text);

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Boots the kernel under software emulation, runs the script, and switches the machine off. */
export const boot = async ({ kernel, emulator, busybox, script, memory, processors, instructionClock = false, limit, paths, output }: BootOptions): Promise<Outcome> => {
  const directory = mkdtempSync(join(tmpdir(), 'scst-vm-'));
  // The emulator may still be at its end.
  const remove = (): void => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const stopListening = atEnd(remove);
  const dispose = (): void => {
    stopListening();
    remove();
  };
  try {
    const shared = join(directory, 'shared');
    const log = join(directory, 'console');
    mkdirSync(shared);
    writeFileSync(join(shared, 'main.sh'), script);
    const initrd = writeInitialRamDisk(directory, kernel, busybox, { freshTmp: !paths.some((path) => path.startsWith('/tmp/')) });
    const timedOut = await power(emulator, [
      ...(instructionClock ? ['-accel', 'tcg,thread=single', '-icount', 'shift=2,sleep=off'] : ['-accel', 'tcg,thread=multi']),
      '-cpu', 'max', '-smp', `${processors}`, '-m', `${memory}`, '-display', 'none', '-no-reboot', '-monitor', 'none', '-nic', 'none',
      '-kernel', kernel.image, '-initrd', initrd, '-append', KERNEL_PARAMETERS,
      '-serial', `file:${log}`, '-serial', 'stdio',
      '-virtfs', `local,path=/,mount_tag=${TAG.root},security_model=none,readonly=on,multidevs=remap`,
      '-virtfs', `local,path=${shared},mount_tag=${TAG.shared},security_model=none`,
    ], limit, output);
    const status = readText(join(shared, 'status'));
    return {
      status: status === undefined || status.trim() === '' ? undefined : Number(status),
      timedOut,
      console: readText(log) ?? '',
      file: (name) => readText(join(shared, name)),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
};

const SIGNALS = [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const;

/** Has something done when this process ends, by itself or by a signal. Returns what takes that back. */
const atEnd = (work: () => void): (() => void) => {
  process.once('exit', work);
  const listeners = SIGNALS.map(([signal, status]) => [signal, () => process.exit(status)] as const);
  for (const [signal, listener] of listeners) process.once(signal, listener);
  return () => {
    process.off('exit', work);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
};

/** Runs the emulator to its end; true: it had to be ended at the limit. */
const power = (emulator: string, args: readonly string[], limit: number, output: (text: string) => void): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const machine = spawn(emulator, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let timedOut = false;
    let complaint = '';
    const off = (): void => {
      machine.kill('SIGKILL');
    };
    const timer = setTimeout(() => {
      timedOut = true;
      off();
    }, limit * 1000);
    // The emulator must not outlive this process.
    process.prependOnceListener('exit', off);
    let line = '';
    machine.stdout.setEncoding('utf8').on('data', (text: string) => {
      // Whole lines: what is to be left out may come in pieces.
      const end = (line + text).lastIndexOf('\n') + 1;
      if (end > 0) output(withoutNoise((line + text).slice(0, end)));
      line = (line + text).slice(end);
    });
    machine.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    machine.once('error', reject);
    machine.once('close', (code) => {
      clearTimeout(timer);
      output(withoutNoise(line));
      process.off('exit', off);
      if (code !== 0 && !timedOut) reject(new Error(`${emulator} ended with status ${code}: ${complaint}`));
      else resolve(timedOut);
    });
  });
