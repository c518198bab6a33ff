import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { complete } from './completion/complete.js';
import { splitLine } from './completion/split-line.js';
import { Context } from './context.js';
import { notesOf } from './definition.js';
import { EXIT_MEANINGS } from './exit-codes.js';
import { manPage } from './man/page.js';
import { escape } from './man/roff.js';
import { createProgram } from './program.js';
import { leavesOf } from './test/leaves.js';
import { runCli } from './test/run-cli.js';

const newContext = (): Context =>
  new Context(
    { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough(), env: {}, signal: new AbortController().signal, onHangup: () => () => undefined },
    () => Promise.reject(new Error('no SCST in this test')),
  );

const leaves = leavesOf(createProgram(newContext()));

describe('the definitions', () => {
  it.each(leaves.map(({ words }) => words.join(' ')))('%s has a description, and an example', (name) => {
    const { command } = leaves.find(({ words }) => words.join(' ') === name)!;
    expect(command.description()).not.toBe('');
    expect(notesOf(command).examples.length).toBeGreaterThan(0);
    for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe('');
    for (const option of command.options) expect(option.description, option.flags).not.toBe('');
  });

  const examples = leaves.flatMap(({ command }) => notesOf(command).examples.map(({ command: line }) => line));

  it.each(examples)('the example “%s” is understood', async (line) => {
    const program = createProgram(newContext());
    for (const { command } of leavesOf(program)) command.action(() => undefined);
    const own = /scst-local .*/u.exec(line)?.[0] ?? '';
    const words = splitLine(own.replace(/\)$/u, '')).slice(1);
    const end = words.findIndex((word) => ['|', '>', '2>'].includes(word));
    await program.parseAsync(end < 0 ? words : words.slice(0, end), { from: 'user' });
  });
});

describe('the command line', () => {
  it('tells its version', async () => {
    const { exit, stdout } = await runCli(['--version']);
    expect([exit, /^\d+\.\d+\.\d+/.test(stdout)]).toEqual([0, true]);
  });

  it.each([[['-h']], [['device', 'add', '--help']], [['scsi', 'read', '-h']], [['help', 'lun']]])('prints help for %j on standard output', async (words) => {
    const { exit, stdout, stderr } = await runCli(words);
    expect(exit).toBe(0);
    expect(stdout).toContain('Usage: scst-local');
    expect(stderr).toBe('');
  });

  it('shows examples in help, and the global options', async () => {
    const { stdout } = await runCli(['device', 'add', '--help']);
    expect(stdout).toContain('Examples:\n  $ scst-local device add disk1');
    expect(stdout).toContain('--connect <where>');
  });

  it.each([
    [['devcie'], 'Did you mean device?'],
    [['device', 'ad', 'x'], 'Did you mean add?'],
    [['tree', '--al'], 'Did you mean --all?'],
    [['device', 'remove'], 'missing required argument'],
    [['devices', '--format', 'xml'], 'Allowed choices are table, lsscsi, proc, json'],
    [['scsi', 'read', 't/s/0', '--lba', 'x'], 'no logical block address'],
    [['transport-id', 'decode', 'xyz'], 'no text of hexadecimal digits'],
    [['serve', '--save-on-exit'], '--save-on-exit needs --config'],
    [['serve', '--save-on-exit', '--config', 'x.json'], 'x.json would be read as JSON'],
    [['config', 'save', 'x.json'], 'x.json would be read as JSON'],
  ])('ends with 2 for %j', async (words, message) => {
    const { exit, stderr, stdout } = await runCli(words);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('ends with 2 and the help of a family without its command', async () => {
    const { exit, stderr } = await runCli(['lun']);
    expect(exit).toBe(2);
    expect(stderr).toContain('Usage: scst-local lun');
  });

  it('says usage errors as JSON too', async () => {
    const run = await runCli(['devcie', '--json']);
    expect(run.error()).toMatchObject({ code: 'USAGE', exit: 2 });
  });

  it('names the file that cannot be read', async () => {
    const { exit, stderr } = await runCli(['config', 'parse', '/nonexistent.conf']);
    expect([exit, stderr]).toEqual([1, 'scst-local: /nonexistent.conf: no such file or directory (ENOENT, open)\n']);
  });

  it('ends with 3 for a directory without a tree', async () => {
    const { exit, stderr } = await runCli(['--connect', '/usr', 'status']);
    expect(exit).toBe(3);
    expect(stderr).toContain('there is no SCST tree at /usr');
  });

  it('ends with 3, and says what to start, when there is nothing to connect to', async () => {
    const { exit, stderr } = await runCli(['--connect', '/nonexistent/socket', 'status']);
    expect(exit).toBe(3);
    expect(stderr).toContain('scst-local serve');
    const json = await runCli(['status', '--json'], { env: { SCST_LOCAL_CONNECT: '/nonexistent/socket' } });
    expect(json.error()).toMatchObject({ code: 'NOTHING_THERE', exit: 3 });
  });
});

describe('completion', () => {
  const find = (kind: string): Promise<string[]> => Promise.resolve([`${kind}-1`, `${kind}-2`]);
  const at = async (line: string): Promise<{ mode: string; values: string[] }> => {
    const { mode, candidates } = await complete(createProgram(newContext()), splitLine(line).slice(1), find);
    return { mode, values: candidates.map(({ value }) => value) };
  };

  it.each([
    ['scst-local mod', { mode: 'values', values: ['module'] }],
    ['scst-local --json module l', { mode: 'values', values: ['load', 'list'] }],
    ['scst-local device remove ', { mode: 'values', values: ['device-1', 'device-2'] }],
    ['scst-local lun add t dev', { mode: 'values', values: ['device-1', 'device-2'] }],
    ['scst-local devices --format l', { mode: 'values', values: ['lsscsi'] }],
    ['scst-local devices --format=t', { mode: 'values', values: ['--format=table'] }],
    ['scst-local device add x --file ', { mode: 'files', values: [] }],
    ['scst-local serve --mount ', { mode: 'directories', values: [] }],
    ['scst-local completion ', { mode: 'values', values: ['bash', 'zsh', 'fish'] }],
    ['scst-local tree --a', { mode: 'values', values: ['--all'] }],
    ['scst-local status surplus ', { mode: 'values', values: [] }],
  ])('after “%s”', async (line, expected) => {
    expect(await at(line)).toEqual(expected);
  });

  it('offers no hidden command', async () => {
    expect((await at('scst-local ')).values).not.toContain('__complete');
  });

  it('divides a line as a shell does', () => {
    expect(splitLine(String.raw`a 'b c' "d \" e" f\ g`)).toEqual(['a', 'b c', 'd " e', 'f g']);
    expect(splitLine("a ''")).toEqual(['a', '']);
    expect(splitLine('a ')).toEqual(['a', '']);
  });

  it.each(['bash', 'zsh', 'fish'])('has a script for %s that asks the program', async (shell) => {
    const { exit, stdout } = await runCli(['completion', shell]);
    expect(exit).toBe(0);
    expect(stdout).toContain('scst-local __complete');
  });
});

describe('the manual page', () => {
  const page = manPage(createProgram(newContext()), '1.2.3');

  it('has every command, every option and every exit status', () => {
    for (const { command, words } of leaves) {
      expect(page).toContain(`.SS "${escape(words.join(' '))}`);
      for (const { flags } of command.options) expect(page).toContain(escape(flags).replaceAll('"', '\\(dq'));
    }
    for (const [code] of EXIT_MEANINGS) expect(page).toContain(`.B "${code}"`);
  });

  it('has no line that roff takes for a request it does not know', () => {
    const requests = new Set(['.TH', '.SH', '.SS', '.PP', '.TP', '.B', '.nf', '.fi', '.RS', '.RE']);
    const lines = page.split('\n').filter((line) => /^[.']/u.test(line));
    expect(lines.filter((line) => !requests.has(line.split(' ')[0] ?? ''))).toEqual([]);
  });

  it('escapes what roff would take for its own', () => {
    expect(escape('.x\n\'y -z \\n')).toBe("\\&.x\n\\&'y \\-z \\en");
  });
});
