import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { PROGRAM } from '../test/program-path.js';
import { createWorld } from '../test/world.js';

const TMUX = spawnSync('tmux', ['-V']).status === 0;
if (!TMUX) console.warn('skipped: tests of a real terminal need tmux, which is not installed');

/** A tmux server of this test's own, so that no other is touched. */
const SERVER = `scst-cli-${process.pid}`;

const tmux = (...words: readonly string[]): string => spawnSync('tmux', ['-L', SERVER, ...words], { encoding: 'utf8' }).stdout;

afterEach(() => {
  if (TMUX) tmux('kill-server');
});

/** What the terminal shows once it fits. */
const shows = async (wanted: RegExp): Promise<string> => {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const screen = tmux('capture-pane', '-p');
    if (wanted.test(screen)) return screen;
    if (Date.now() > deadline) throw new Error(`no ${wanted} on the screen:\n${screen}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe.runIf(TMUX)('on a terminal', () => {
  it('top is sorted by keys, and gives the terminal back as it was', async () => {
    await using world = await createWorld();
    await world.ok('device', 'add', 'n1', '--handler', 'vdisk_nullio', 'size_mb=4');
    await world.ok('lun', 'add', 'scst_local_tgt', 'n1', '0');
    tmux('new-session', '-d', '-x', '110', '-y', '15', `echo before; '${process.execPath}' '${PROGRAM}' --connect '${world.socket}' top -i 0.2; echo ended with $?; stty -a | grep -o ' icanon'; sleep 60`);
    const first = await shows(/LUN 0 → n1/u);
    expect(first).toContain('by iops');
    expect(first).not.toContain('before');
    expect(first).toContain('q quit');
    tmux('send-keys', 'n');
    await shows(/by name/u);
    tmux('send-keys', 'l');
    expect(await shows(/QUEUE\nscst_local_tgt\/scst_local_host.*\n\n/u)).not.toContain('LUN 0 → n1');
    tmux('send-keys', 'Up', 'x', 'Space');
    await shows(/STOPPED/u);
    tmux('resize-window', '-x', '60', '-y', '8');
    await shows(/^q quit.*\n*$/mu);
    tmux('send-keys', 'q');
    const after = await shows(/ended with 0/u);
    expect(after).toContain('before');
    expect(after).not.toContain('SESSION, LUN');
    await shows(/ icanon/u);
  });

  it('tree --watch ends at Ctrl-C, which is a key there', async () => {
    await using world = await createWorld();
    tmux('new-session', '-d', '-x', '80', '-y', '10', `'${process.execPath}' '${PROGRAM}' --connect '${world.socket}' tree --watch -i 0.1; echo ended with $?; sleep 60`);
    await shows(/session scst_local_host/u);
    await world.ok('device', 'add', 'n1', '--handler', 'vdisk_nullio', 'size_mb=4');
    await shows(/not exported\n└─ n1/u);
    for (let number = 0; number < 12; number++) await world.ok('lun', 'add', 'scst_local_tgt', 'n1', String(number));
    await shows(/… and \d+ lines more/u);
    tmux('send-keys', 'C-c');
    await shows(/ended with 0/u);
  });
});
