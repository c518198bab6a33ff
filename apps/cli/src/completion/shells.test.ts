import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, startProcess } from '../test/child.js';
import { PROGRAM } from '../test/program-path.js';
import { temporaryDirectory } from '../test/temporary.js';
import { hasTmux, Tmux } from '../test/tmux.js';
import { createWorld, type TestWorld } from '../test/world.js';
import { completionScript, type Shell } from './scripts.js';

const isInstalled = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const shells = { bash: isInstalled('bash'), zsh: isInstalled('zsh') && hasTmux(), fish: isInstalled('fish') };
for (const [shell, here] of Object.entries(shells)) if (!here) console.warn(`skipped: completion in ${shell} needs ${shell === 'zsh' ? 'zsh and tmux' : shell}`);

/** A place where `scst-local` is the program, its completion is installed, and there are two devices, one of a name that shells take apart. */
const place = async (shell: Shell, world: TestWorld): Promise<AsyncDisposable & { readonly env: Readonly<Record<string, string>>; readonly script: string; readonly path: string }> => {
  const directory = await temporaryDirectory();
  await mkdir(directory.file('bin'));
  await writeFile(directory.file('bin/scst-local'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  await chmod(directory.file('bin/scst-local'), 0o755);
  const script = directory.file(shell === 'zsh' ? '_scst-local' : `scst-local.${shell}`);
  await writeFile(script, completionScript(shell));
  await world.ok('device', 'add', 'disk1', '--handler', 'vdisk_nullio', 'size_mb=1');
  await world.ok('device', 'add', 'disk:two', '--handler', 'vdisk_nullio', 'size_mb=1');
  await world.ok('target', 'add', 'a_target');
  return {
    path: directory.path,
    script,
    env: { PATH: `${directory.file('bin')}:${process.env['PATH'] ?? ''}`, HOME: directory.path, SCST_LOCAL_CONNECT: world.socket },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
};

/** The lines a program prints. The server is in this process, which must not stand still meanwhile. */
const said = async (program: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<string[]> => {
  const child = startProcess(program, words, { env });
  expect(await child.ended).toBe(0);
  expect(child.stderr()).toBe('');
  return child.stdout().trimEnd().split('\n');
};

describe.runIf(shells.fish)('fish', () => {
  it('offers commands with what they do, names of what there is, and files', async () => {
    await using world = await createWorld();
    await using here = await place('fish', world);
    await writeFile(`${here.path}/image.img`, '');
    const offers = (line: string): Promise<string[]> => said('fish', ['--no-config', '-c', `source '${here.script}'; cd '${here.path}'; complete -C '${line}'`], here.env);
    expect(await offers('scst-local tre')).toEqual([expect.stringMatching(/^tree\tshow targets/u)]);
    expect((await offers('scst-local device remove ')).map((line) => line.split('\t')[0])).toEqual(expect.arrayContaining(['disk1', 'disk:two']));
    expect(await offers('scst-local device remove disk:')).toEqual([expect.stringMatching(/^disk:two/u)]);
    expect((await offers('scst-local lun add a_target dis')).map((line) => line.split('\t')[0])).toEqual(expect.arrayContaining(['disk1', 'disk:two']));
    expect(await offers('scst-local device add x --file ima')).toEqual([expect.stringMatching(/^image\.img/u)]);
    expect((await offers('scst-local devices --format l')).map((line) => line.split('\t')[0])).toEqual(['lsscsi']);
  });
});

afterEach(endAll);

describe.runIf(shells.zsh)('zsh', () => {
  it('completes on a terminal: commands, names with a colon, several candidates with what they do', async () => {
    await using world = await createWorld();
    await using here = await place('zsh', world);
    await writeFile(`${here.path}/.zshrc`, `PROMPT='> '\nfpath=('${here.path}' $fpath)\nautoload -Uz compinit && compinit -u -d '${here.path}/dump'\necho set up\n`);
    using terminal = new Tmux('scst-zsh', here.env);
    terminal.start(150, 30, `cd '${here.path}' && exec zsh -i`);
    const complete = (text: string): void => {
      terminal.type(text);
      terminal.press('Tab');
    };
    const clear = async (): Promise<void> => {
      terminal.press('C-u');
      terminal.press('C-l');
      await terminal.shows(/^>\s*$/u);
    };
    await terminal.shows(/set up/u);
    await clear();
    complete('scst-local tre');
    await terminal.shows(/^> scst-local tree$/mu);
    await clear();
    complete('scst-local device remove disk:');
    await terminal.shows(/^> scst-local device remove disk:two$/mu);
    await clear();
    complete('scst-local lun add a_target d');
    await terminal.shows(/^> scst-local lun add a_target disk/mu);
    terminal.press('Tab');
    await terminal.shows(/disk1\s[\s\S]*disk:two/u);
    await clear();
    complete('scst-local module l');
    terminal.press('Tab');
    await terminal.shows(/list .*-- /u);
  }, 120_000);
});

describe.runIf(shells.bash)('bash', () => {
  it('completes what is behind a colon, and names', async () => {
    await using world = await createWorld();
    await using here = await place('bash', world);
    const offers = (line: string): Promise<string[]> => {
      const script = `source '${here.script}'; COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; compopt() { :; }; _scst_local; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return said('bash', ['--norc', '-c', script], here.env);
    };
    expect(await offers('scst-local tre')).toEqual(['tree']);
    expect(await offers('scst-local device remove disk')).toEqual(expect.arrayContaining(['disk1', 'disk:two']));
    expect(await offers('scst-local device remove disk:')).toEqual(['two']);
  });
});
