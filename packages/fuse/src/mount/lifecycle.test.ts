import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryTree } from '@scst/sysfs/compliance';
import { build } from 'tsup';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FuseError } from '../errors.js';
import { isMounted, mountingProblem, mountpoint, perl, run, Running, until, type Ended } from '../test-support/mounting.js';
import { mount } from './mount.js';

const problem = await mountingProblem();
const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

const code = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'success', (error: unknown) => (error instanceof FuseError ? error.code : error));

describe.skipIf(problem !== undefined)('a mount', () => {
  let place: { directory: string; remove(): Promise<void> };
  let root: string;
  const tree = (): MemoryTree => new MemoryTree().file('a', { show: () => 'text\n' }).file('waits', { store: () => new Promise(() => undefined) });

  beforeEach(async () => {
    place = await mountpoint();
    root = place.directory;
  });
  afterEach(() => place.remove());

  it('is there until unmount(), and gives the directory back', async () => {
    const mounted = await mount(tree(), root);
    expect(mounted.directory).toBe(root);
    expect(mounted.protocol).toEqual({ major: 7, minor: 31 });
    expect((await run('cat', join(root, 'a'))).stdout).toBe('text\n');
    await Promise.all([mounted.unmount(), mounted.unmount()]);
    await mounted.closed;
    await mounted.unmount();
    expect(await isMounted(root)).toBe(false);
    expect((await run('ls', '-A', root)).stdout).toBe('');
  });

  it('ends with the block it was made in', async () => {
    {
      await using mounted = await mount(tree(), root);
      expect(await isMounted(mounted.directory)).toBe(true);
    }
    expect(await isMounted(root)).toBe(false);
  });

  it('refuses what its own process would wait for for ever, and serves others on', async () => {
    const mounted = await mount(tree().directory('d'), root);
    const failure = (work: () => unknown): unknown => {
      try {
        work();
        return undefined;
      } catch (error) {
        return error instanceof Error && 'errno' in error ? error.errno : error;
      }
    };
    const EDEADLK = -35;
    expect(failure(() => readFileSync(join(root, 'a')))).toBe(EDEADLK);
    expect(failure(() => readdirSync(join(root, 'd')))).toBe(EDEADLK);
    expect(failure(() => spawn('true', { cwd: join(root, 'd') }))).toBe(EDEADLK);
    expect(spawnSync('true', { cwd: join(root, 'd') }).error).toMatchObject({ errno: EDEADLK });
    expect((await run('cat', join(root, 'a'))).stdout).toBe('text\n');
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('text\n');
    // A program of ours that runs is not taken for a copy of this process.
    expect((await run(process.execPath, '-e', 'process.chdir(process.argv[1]); process.stdout.write(require("node:fs").readFileSync("../a"))', join(root, 'd'))).stdout).toBe('text\n');
    await mounted.unmount();
  });

  it('can be made again on the same directory, many times', async () => {
    for (let round = 0; round < 5; round += 1) {
      const mounted = await mount(tree(), root);
      expect((await run('cat', join(root, 'a'))).stdout).toBe('text\n');
      await mounted.unmount();
    }
  });

  it('is found through links and other forms of its directory', async () => {
    await run('ln', '-s', root, `${root}-link`);
    const mounted = await mount(tree(), `${root}-link/../tree/`);
    expect(mounted.directory).toBe(root);
    expect(await code(mount(tree(), `${root}-link`))).toBe('ALREADY_MOUNTED');
    await mounted.unmount();
  });

  it('is unmounted while programs use it: the directory is free at once, and they get ENOTCONN', async () => {
    const mounted = await mount(tree(), root);
    const user = new Running('perl', '-MFcntl', '-e', '$| = 1; chdir $ARGV[0]; sysopen F, "a", O_RDONLY; print "open\\n"; <STDIN>; print defined(sysread F, $b, 1) ? "read" : $!+0', root);
    await user.printed('open');
    await mounted.unmount();
    expect(await isMounted(root)).toBe(false);
    user.say('');
    expect((await user.ended).stdout).toBe('open\n107');
  });

  it('is unmounted while a write blocks: the write gets its grace, and is then ended', async () => {
    const mounted = await mount(tree(), root);
    const writer = new Running('perl', '-MFcntl', '-e', 'sysopen F, $ARGV[0], O_WRONLY; print defined(syswrite F, "x") ? "written" : $!+0', `${root}/waits`);
    await until(() => mounted.inFlight === 1);
    const begun = Date.now();
    await mounted.unmount({ graceMilliseconds: 200 });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(195);
    // ECONNABORTED or ENOTCONN, by the kernel's version.
    expect((await writer.ended).stdout).toMatch(/^(?:103|107)$/u);
    expect(mounted.inFlight).toBe(0);
  });

  it('lets what is under way end well within the grace', async () => {
    let letGo = (): void => undefined;
    const memory = tree().file('slow', { store: () => new Promise<void>((resolve) => { letGo = resolve; }) });
    const mounted = await mount(memory, root);
    const writer = new Running('perl', '-MFcntl', '-e', 'sysopen F, $ARGV[0], O_WRONLY; print defined(syswrite F, "x") ? "written" : $!+0', `${root}/slow`);
    await until(() => mounted.inFlight === 1);
    const unmounting = mounted.unmount({ graceMilliseconds: 5000 });
    await until(async () => !(await isMounted(root)));
    letGo();
    expect((await writer.ended).stdout).toBe('written');
    await unmounting;
  });

  it('ends when somebody else unmounts it', async () => {
    const mounted = await mount(tree(), root);
    await run('umount', root);
    await mounted.closed;
    await mounted.unmount();
  });

  it('is unmounted although another mount namespace still has a copy of it', async () => {
    const mounted = await mount(tree(), root);
    const other = new Running('unshare', '-m', 'sh', '-c', 'echo there; read line; cat "$1/a"', 'sh', root);
    await other.printed('there');
    await mounted.unmount();
    await mounted.closed;
    other.say('');
    expect((await other.ended).stderr).toContain('not connected');
  });

  it('that is left in another mount namespace only does not keep unmount() waiting, and ends with its next use', async () => {
    const mounted = await mount(tree(), root);
    const other = new Running('unshare', '-m', 'sh', '-c', 'echo there; read line; cat "$1/a"', 'sh', root);
    await other.printed('there');
    await run('umount', root);
    await mounted.unmount();
    other.say('');
    expect((await other.ended).status).not.toBe(0);
    await mounted.closed;
  });

  it('that is covered by another is served on, and can be unmounted later', async () => {
    const mounted = await mount(tree(), root);
    await run('mount', '-t', 'tmpfs', 'cover', root);
    expect(await code(mounted.unmount())).toBe('COVERED');
    await run('umount', root);
    expect((await run('cat', join(root, 'a'))).stdout).toBe('text\n');
    await mounted.unmount();
  });

  it('is refused with a reason: no directory, no empty one, a file, one that is mounted already', async () => {
    expect(await code(mount(tree(), join(root, 'missing')))).toBe('DIRECTORY_MISSING');
    expect(await code(mount(tree(), join(root, 'missing', 'below')))).toBe('DIRECTORY_MISSING');
    await writeFile(join(root, 'file'), '');
    expect(await code(mount(tree(), root))).toBe('DIRECTORY_NOT_EMPTY');
    expect(await code(mount(tree(), join(root, 'file')))).toBe('NOT_A_DIRECTORY');
    const mounted = await mount(tree(), root, { allowNonEmpty: true });
    expect((await run('ls', root)).stdout).toBe('a\nwaits\n');
    expect(await code(mount(tree(), root, { allowNonEmpty: true }))).toBe('ALREADY_MOUNTED');
    await mounted.unmount();
    await rm(join(root, 'file'));
  });

  it('lets others in only when asked to, as far as modes allow', async () => {
    const nobody = (script: string): Promise<Ended> => perl(`$) = $( = "65534 65534"; $> = $< = 65534; ${script}`, root);
    await run('chmod', '755', join(root, '..'));
    const own = await mount(tree(), root);
    expect((await nobody('print ((opendir D, $ARGV[0]) ? 0 : $!+0)')).stdout).toBe('13');
    await own.unmount();
    const open = await mount(tree(), root, { allowOther: true });
    expect((await nobody('print((opendir D, $ARGV[0]) ? 0 : $!+0); sysopen F, "$ARGV[0]/a", O_RDONLY; print " ", <F>')).stdout).toBe('0 text\n');
    expect((await nobody('print((sysopen F, "$ARGV[0]/waits", O_WRONLY) ? 0 : $!+0)')).stdout).toBe('13');
    await open.unmount();
  });

  it('keeps names for as long as asked for, and not longer', async () => {
    const memory = tree();
    const mounted = await mount(memory, root, { cacheMilliseconds: 300 });
    expect((await run('test', '-e', join(root, 'a'))).status).toBe(0);
    memory.remove('a');
    await until(async () => (await run('test', '-e', join(root, 'a'))).status === 1);
    await mounted.unmount();
  });
});

describe.skipIf(problem !== undefined).each(['js', 'cjs'])('a program that serves a tree (serve.%s)', (extension) => {
  let place: { directory: string; remove(): Promise<void> };
  let built: { directory: string; remove(): Promise<void> };
  let program: string;

  beforeAll(async () => {
    built = await mountpoint();
    program = join(built.directory, `serve.${extension}`);
    // As the package itself is built, so that the thread's program is shown to be found in both forms.
    await build({
      entry: { serve: join(packageRoot, 'src/test-support/serve.ts') },
      outDir: built.directory,
      format: extension === 'js' ? ['esm'] : ['cjs'],
      target: 'node20',
      platform: 'node',
      noExternal: [/^@scst\//u],
      tsconfig: join(packageRoot, 'tsconfig.json'),
      config: false,
      silent: true,
    });
    await writeFile(join(built.directory, 'package.json'), '{ "type": "module" }');
  });
  afterAll(() => built.remove());

  beforeEach(async () => {
    place = await mountpoint();
  });
  afterEach(() => place.remove());

  const serve = async (options = {}): Promise<Running> => {
    const running = new Running(process.execPath, program, place.directory, JSON.stringify(options));
    await running.printed('ready');
    return running;
  };

  it('ends when it has unmounted', async () => {
    const running = await serve();
    running.say('unmount');
    expect((await running.ended).status).toBe(0);
    expect(await isMounted(place.directory)).toBe(false);
  });

  it.each([
    ['process.exit', 'exit 3', 3],
    ['an uncaught error', 'throw', 1],
  ])('unmounts at %s, also while programs use the tree and a write blocks', async (_how, command, status) => {
    const running = await serve();
    const user = new Running('sh', '-c', 'cd "$1"; exec < setup_id; echo there; exec sleep 60', 'sh', place.directory);
    const writer = new Running('sh', '-c', 'echo x > "$1/wait"', 'sh', place.directory);
    await user.printed('there');
    running.say(command);
    expect((await running.ended).status).toBe(status);
    expect(await isMounted(place.directory)).toBe(false);
    expect((await writer.ended).status).not.toBe(0);
    user.child.kill('SIGKILL');
    await user.ended;
  });

  it('ends even where its mount is out of reach', async () => {
    const running = await serve();
    await run('mount', '-t', 'tmpfs', 'cover', place.directory);
    running.say('exit 3');
    // Through fusectl where that is mounted, else abruptly.
    expect([3, 'SIGKILL']).toContain((await running.ended).status);
    await run('umount', place.directory);
  });

  it('unmounts at a signal it was asked to handle, and dies of it', async () => {
    const running = await serve({ unmountOnSignals: true });
    running.child.kill('SIGTERM');
    expect((await running.ended).status).toBe('SIGTERM');
    expect(await isMounted(place.directory)).toBe(false);
  });

  it('that was killed leaves a dead mount, which the next one clears away', async () => {
    for (let round = 0; round < 2; round += 1) {
      const running = await serve();
      running.child.kill('SIGKILL');
      await running.ended;
      expect((await run('ls', place.directory)).stderr).toContain('not connected');
    }
    const running = await serve();
    expect((await run('cat', join(place.directory, 'setup_id'))).stdout).toBe('0x0\n');
    running.say('exit 0');
    await running.ended;
    expect(await isMounted(place.directory)).toBe(false);
  });

  it('works in a user namespace, without root’s privileges outside of it', async ({ skip }) => {
    const script = `node=$1 program=$2 tree=$3
      mkfifo "$tree-in"
      "$node" "$program" "$tree" < "$tree-in" > "$tree-out" & server=$!
      exec 9> "$tree-in"
      while ! grep -q ready "$tree-out"; do kill -0 $server || exit 9; sleep 0.05; done
      echo 0x5 > "$tree/setup_id" && cat "$tree/setup_id" && stat -c '%a %u %g' "$tree/setup_id"
      echo unmount >&9; wait $server; echo $?`;
    const { stdout, stderr, status } = await run('unshare', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', process.execPath, program, place.directory);
    if (status !== 0 && /unshare/u.test(stderr)) skip(`no user namespaces here: ${stderr}`);
    expect(stdout).toBe('0x5\n[key]\n644 0 0\n0\n');
  });

  it('says why it cannot mount without privileges', async ({ skip }) => {
    const { stderr } = await run('unshare', '--map-root-user', process.execPath, program, place.directory);
    if (/unshare/u.test(stderr)) skip(`no user namespaces here: ${stderr}`);
    expect(stderr).toBe('NO_PERMISSION');
  });
});

describe('where nothing can be mounted', () => {
  it('a directory is refused before anything is mounted', async () => {
    expect(await code(mount(new MemoryTree(), '/nonexistent/directory'))).toMatch(problem === undefined ? /^DIRECTORY_MISSING$/u : /^N/u);
  });
});
