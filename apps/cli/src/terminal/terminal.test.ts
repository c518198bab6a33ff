import { describe, expect, it } from 'vitest';
import { PROGRAM } from '../test/program-path.js';
import { hasTmux, Tmux } from '../test/tmux.js';
import { createWorld } from '../test/world.js';

const TMUX = hasTmux();
if (!TMUX) console.warn('skipped: tests of a real terminal need tmux, which is not installed');

describe.runIf(TMUX)('on a terminal', () => {
  it('top is sorted by keys, and gives the terminal back as it was', async () => {
    await using world = await createWorld();
    using terminal = new Tmux('scst-cli');
    await world.ok('device', 'add', 'n1', '--handler', 'vdisk_nullio', 'size_mb=4');
    await world.ok('lun', 'add', 'scst_local_tgt', 'n1', '0');
    terminal.start(110, 15, `echo before; '${process.execPath}' '${PROGRAM}' --connect '${world.socket}' top -i 0.2; echo ended with $?; stty -a | grep -o ' icanon'; sleep 60`);
    const first = await terminal.shows(/LUN 0 → n1/u);
    expect(first).toContain('by iops');
    expect(first).not.toContain('before');
    expect(first).toContain('q quit');
    terminal.press('n');
    await terminal.shows(/by name/u);
    terminal.press('l');
    expect(await terminal.shows(/QUEUE\nscst_local_tgt\/scst_local_host.*\n\n/u)).not.toContain('LUN 0 → n1');
    terminal.press('Up', 'x', 'Space');
    await terminal.shows(/STOPPED/u);
    terminal.run('resize-window', '-x', '60', '-y', '8');
    await terminal.shows(/^q quit.*\n*$/mu);
    terminal.press('q');
    const after = await terminal.shows(/ended with 0/u);
    expect(after).toContain('before');
    expect(after).not.toContain('SESSION, LUN');
    await terminal.shows(/ icanon/u);
  }, 90_000);

  it('tree --watch ends at Ctrl-C, which is a key there', async () => {
    await using world = await createWorld();
    using terminal = new Tmux('scst-cli');
    terminal.start(80, 10, `'${process.execPath}' '${PROGRAM}' --connect '${world.socket}' tree --watch -i 0.1; echo ended with $?; sleep 60`);
    await terminal.shows(/session scst_local_host/u);
    await world.ok('device', 'add', 'n1', '--handler', 'vdisk_nullio', 'size_mb=4');
    await terminal.shows(/not exported\n└─ n1/u);
    for (let number = 0; number < 12; number++) await world.ok('lun', 'add', 'scst_local_tgt', 'n1', String(number));
    await terminal.shows(/… and \d+ lines more/u);
    terminal.press('C-c');
    await terminal.shows(/ended with 0/u);
  }, 90_000);
});
