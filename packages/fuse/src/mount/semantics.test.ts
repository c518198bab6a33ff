import { decodeName, SysfsError, type ErrnoName } from '@scst/sysfs';
import { MemoryTree } from '@scst/sysfs/compliance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMounted, mountingProblem, mountpoint, pause, perl, run, Running, sh, until } from '../test-support/mounting.js';
import { mount, type Mount } from './mount.js';

const problem = await mountingProblem();

/** What programs see that are not Node: the rules of SPEC 1.1, tried with system calls of perl and the shell. */
describe.skipIf(problem !== undefined)('programs on a mounted tree', () => {
  const tree = new MemoryTree();
  const writes: string[] = [];
  let value = '0x0';
  let generated = 0;
  let refusal: ErrnoName = 'EINVAL';
  let mounted: Mount;
  let place: { directory: string; remove(): Promise<void> };
  let root: string;

  beforeAll(async () => {
    tree
      .file('value', { show: () => `${value}\n`, store: (data) => { writes.push(decodeName(data)); value = decodeName(data).trim(); } })
      .file('fixed', { show: () => 'fixed\n' })
      .file('secret', { store: (data) => { writes.push(decodeName(data)); } })
      .file('counter', { show: () => `text ${(generated += 1)} of it\n` })
      .file('long', { show: () => 'x'.repeat(4095) })
      .file('empty', { show: () => '' })
      .file('refuses', { store: () => { throw new SysfsError({ operation: 'write', path: 'refuses', errno: refusal }); } })
      .file('busy', { show: () => { throw new SysfsError({ operation: 'read', path: 'busy', errno: 'EAGAIN' }); } })
      .directory('d/e')
      .link('d/l', '../value');
    place = await mountpoint();
    mounted = await mount(tree, place.directory);
    root = place.directory;
  });

  afterAll(async () => {
    await mounted.unmount();
    await place.remove();
  });

  it('see sizes, modes, link counts and owners of sysfs', async () => {
    const { stdout } = await run('stat', '-c', '%a %s %h %u %g %F', ...['', 'value', 'fixed', 'secret', 'd', 'd/l'].map((path) => `${root}/${path}`));
    expect(stdout.trim().split('\n')).toEqual([
      '755 0 3 0 0 directory',
      '644 4096 1 0 0 regular file',
      '444 4096 1 0 0 regular file',
      '200 4096 1 0 0 regular file',
      '755 0 3 0 0 directory',
      '777 0 1 0 0 symbolic link',
    ]);
  });

  it('read through links, and list with types', async () => {
    expect((await run('cat', `${root}/d/l`)).stdout).toBe(`${value}\n`);
    expect((await run('readlink', `${root}/d/l`)).stdout).toBe('../value\n');
    expect((await run('find', root, '-printf', '%y %P\n')).stdout.trim().split('\n').sort()).toEqual(
      ['d ', 'd d', 'd d/e', 'f busy', 'f counter', 'f empty', 'f fixed', 'f long', 'f refuses', 'f secret', 'f value', 'l d/l'].sort(),
    );
  });

  // Errnos are printed as numbers: $!+0.
  it.each<[string, string, number]>([
    ['mkdir', 'mkdir "x"', 1],
    ['mkdir of a name that is there', 'mkdir "d"', 17],
    ['rmdir', 'rmdir "d/e"', 1],
    ['rename', 'rename "value", "x"', 1],
    ['symlink', 'symlink "x", "y"', 1],
    ['link', 'link "value", "y"', 1],
    ['unlink', 'unlink "fixed"', 1],
    ['create', 'sysopen F, "x", O_WRONLY|O_CREAT', 13],
    ['open of no name for writing', 'sysopen F, "x", O_WRONLY', 2],
    ['open of a directory for writing', 'sysopen F, "d", O_WRONLY', 21],
    ['read of a directory', '(sysopen F, "d", O_RDONLY) && defined(sysread F, $b, 1)', 21],
    ['open of a 0444 file for writing', 'sysopen F, "fixed", O_WRONLY', 13],
    ['open of a 0444 file for both', 'sysopen F, "fixed", O_RDWR', 13],
    ['open of a 0200 file for reading', 'sysopen F, "secret", O_RDONLY', 13],
    ['O_CREAT|O_TRUNC of a file that is there', 'sysopen F, "value", O_WRONLY|O_CREAT|O_TRUNC', 0],
    ['O_APPEND', 'sysopen F, "value", O_WRONLY|O_APPEND', 0],
    ['truncate', 'truncate "value", 0', 0],
    ['utime', 'utime 1, 1, "value"', 0],
    ['a read that fails', '(sysopen F, "busy", O_RDONLY) && defined(sysread F, $b, 1)', 11],
    ['a missing name of more than 255 bytes', 'stat "n" x 256', 2],
    ['isatty', '(sysopen F, "value", O_RDONLY) && -t F', 25],
  ])('%s', async (_name, call, errno) => {
    const { stdout } = await perl(`chdir $ARGV[0] or die; $! = 0; my $ok = ${call}; print $ok ? 0 : $!+0;`, root);
    expect(stdout).toBe(String(errno));
  });

  it('see a size of 4096 after O_TRUNC, truncate and a write at the end', async () => {
    const { stdout } = await perl(
      'chdir $ARGV[0]; truncate "value", 0; print -s "value", " "; sysopen F, "value", O_WRONLY|O_TRUNC; print -s F, " "; sysopen G, "value", O_WRONLY|O_APPEND; syswrite G, "0x5"; print -s G, " ", -s "value"',
      root,
    );
    expect(stdout).toBe('4096 4096 4096 4096');
    expect(value).toBe('0x5');
  });

  it('change modes, which then hold', async () => {
    const { stdout } = await sh('cd "$1" && chmod 600 value && stat -c %a value && chmod 444 value && (echo 1 > value) 2>&1; chmod 644 value; stat -c %a value', root);
    expect(stdout).toMatch(/^600\n.*Permission denied\n644\n$/u);
  });

  it.each(['EBADSLT', 'EEXIST', 'EAGAIN', 'EINTR', 'EMEDIUMTYPE', 'EFAULT'] as const)('get %s of a write, as the tree gave it', async (errno) => {
    refusal = errno;
    const expected = new SysfsError({ operation: 'write', path: '', errno }).errno;
    const { stdout } = await perl('sysopen F, $ARGV[0], O_WRONLY; print defined(syswrite F, "x") ? 0 : $!+0', `${root}/refuses`);
    expect(stdout).toBe(String(expected));
  });

  it('see a shell say it in words', async () => {
    refusal = 'EEXIST';
    expect((await sh('echo x > "$1"', `${root}/refuses`)).stderr).toMatch(/File exists|I\/O error|write error/u);
  });

  it('have one write(2) be one command: short at 4096, whole with many pieces, none when empty', async () => {
    writes.length = 0;
    const { stdout } = await perl(
      'sysopen F, $ARGV[0], O_WRONLY; for my $n (1, 4095, 4096, 4097, 9000, 200000) { print syswrite(F, "x" x $n), " " } print syswrite(F, ""), " "; print sysseek(F, 0, 1)',
      `${root}/secret`,
    );
    expect(stdout).toBe(`1 4095 4096 4096 4096 4096 0 ${1 + 4095 + 4 * 4096}`);
    expect(writes.map((text) => text.length)).toEqual([1, 4095, 4096, 4096, 4096, 4096]);
  });

  it('have one writev(2) be one command', async ({ skip }) => {
    writes.length = 0;
    const script = 'import os,sys\nf=os.open(sys.argv[1],os.O_WRONLY)\nprint(os.writev(f,[b"ab"]*200))';
    const { stdout, status } = await run('python3', '-c', script, `${root}/secret`);
    if (status === 'ENOENT') skip('python3 is not installed');
    expect(stdout.trim()).toBe('400');
    expect(writes).toEqual(['ab'.repeat(200)]);
  });

  it('read a text in pieces, anew at its beginning, and anew with pread(2)', async () => {
    generated = 0;
    const script = `use POSIX; sysopen F, $ARGV[0], O_RDONLY;
      sub next_piece { sysread F, my $b, $_[0]; print "$b|" }
      sub at { sysseek F, $_[0], 0; next_piece($_[1]) }
      next_piece(6); next_piece(4); next_piece(100); next_piece(100); at(0, 6); next_piece(4); at(5, 1); at(5, 1); next_piece(3)`;
    expect((await perl(script, `${root}/counter`)).stdout).toBe('text 1| of |it\n||text 2| of |3|4| of|');
    expect(generated).toBe(4);
  });

  it('read texts of up to 4095 bytes whole, and empty ones', async () => {
    expect((await run('cat', `${root}/long`)).stdout).toHaveLength(4095);
    expect((await run('cat', `${root}/empty`)).stdout).toBe('');
    expect((await run('dd', `if=${root}/long`, 'bs=1', 'status=none')).stdout).toHaveLength(4095);
  });

  it('see structural changes at once: what was there a moment ago, and what was not', async () => {
    tree.file('mgmt', {
      store: (data) => {
        const [command, name = ''] = decodeName(data).trim().split(' ');
        if (command === 'add') tree.file(`d/e/${name}/a`, { show: () => `${name}\n` });
        else tree.remove(`d/e/${name}`);
      },
    });
    const script = `chdir $ARGV[0]; my $bad = 0;
      sub command { sysopen my $f, "mgmt", O_WRONLY or die; syswrite $f, $_[0] or die "$!" }
      for my $i (1..100) {
        $bad++ if -e "d/e/n"; $bad++ if (stat "d/e")[3] != 2;
        command("add n"); $bad++ unless -e "d/e/n/a"; $bad++ if (stat "d/e")[3] != 3; opendir D, "d/e"; $bad++ unless grep { $_ eq "n" } readdir D;
        command("del n"); $bad++ if -e "d/e/n/a"; $bad++ if -e "d/e/n"; opendir D, "d/e"; $bad++ if grep { $_ eq "n" } readdir D;
      }
      print $bad`;
    expect(await perl(script, root)).toMatchObject({ stdout: '0', stderr: '' });
  });

  it('keep an attribute open whose object goes: ENODEV, also when the name is there again, and fstat(2) goes on', async () => {
    tree.file('d/gone', { show: () => 'a text\n', store: () => undefined });
    const program = new Running(
      'perl',
      '-MFcntl',
      '-e',
      `$| = 1; sysopen F, $ARGV[0], O_RDWR; sysread F, $b, 2; print "open\\n"; <STDIN>;
       for (0, 1) { sysseek F, $_, 0; print defined(sysread F, $b, 9) ? "read " : $!+0 . " "; } print defined(syswrite F, "x") ? "written " : $!+0 . " "; print -s F, "\\n"`,
      `${root}/d/gone`,
    );
    await program.printed('open');
    tree.remove('d/gone').file('d/gone', { show: () => 'another\n' });
    program.say('');
    expect((await program.ended).stdout).toBe('open\n19 19 19 4096\n');
    await until(() => mounted.openFiles === 0);
  });

  it('use names of any bytes, and see long ones', async () => {
    tree.file('d/caf\uDCE9\uDCFF', { show: () => 'latin\n' }).file('d/日本', { show: () => 'kanji\n' }).file(`d/${'n'.repeat(300)}`, { show: () => '' });
    expect((await perl('print `cat "$ARGV[0]/d/caf\\xe9\\xff"`', root)).stdout).toBe('latin\n');
    expect((await run('cat', `${root}/d/日本`)).stdout).toBe('kanji\n');
    const names = (await run('ls', '-1', '-N', `${root}/d`)).stdout.trim().split('\n');
    expect(names).toContain('caf\xe9\xff');
    expect(names).toContain('n'.repeat(300));
    tree.remove(`d/${'n'.repeat(300)}`);
  });

  it('interrupt a write that blocks, and a read', async () => {
    let aborted = 0;
    const forEver = new Promise<void>(() => undefined);
    tree.file('blocks', { show: () => forEver.then(() => ''), store: () => forEver });
    for (const action of ['sysread F, $b, 1', 'syswrite F, "x"']) {
      const program = new Running('perl', '-MFcntl', '-e', `$| = 1; $SIG{USR1} = sub {}; sysopen F, $ARGV[0], O_RDWR; print "open\\n"; print defined(${action}) ? "done" : $!+0`, `${root}/blocks`);
      await program.printed('open');
      await until(() => mounted.inFlight > 0);
      await pause(50);
      program.child.kill('SIGUSR1');
      expect((await program.ended).stdout).toBe('open\n4');
      aborted += 1;
    }
    expect(aborted).toBe(2);
    await until(() => mounted.inFlight === 0);
  });

  it('can be killed while their write blocks', async () => {
    const program = new Running('sh', '-c', 'echo x > "$1"', 'sh', `${root}/blocks`);
    await until(() => mounted.inFlight > 0);
    program.child.kill('SIGKILL');
    expect((await program.ended).status).toBe('SIGKILL');
    await until(() => mounted.inFlight === 0 && mounted.openFiles === 0);
  });

  it('write 64 at a time to one file, none waiting for another', async () => {
    const waiting: (() => void)[] = [];
    tree.file('together', { store: () => new Promise<void>((resolve) => {
      // Nobody goes on before all have come.
      if (waiting.push(resolve) === 64) for (const go of waiting) go();
    }) });
    const script = 'for my $i (1..64) { next if fork; sysopen F, $ARGV[0], O_WRONLY|O_TRUNC or exit 1; exit(defined(syswrite F, "command $i\\n") ? 0 : 2) } my $bad = 0; while (wait != -1) { $bad++ if $? } print $bad';
    expect((await perl(script, `${root}/together`)).stdout).toBe('0');
    expect(waiting).toHaveLength(64);
  });

  it('open, truncate, append to and change the mode of a file while a write to it blocks', async () => {
    const letGo: (() => void)[] = [];
    tree.file('slow', { show: () => 'text\n', store: (data) => (decodeName(data) === 'slow\n' ? new Promise<void>((resolve) => letGo.push(resolve)) : undefined) });
    const slow = new Running('sh', '-c', 'echo slow > "$1"', 'sh', `${root}/slow`);
    await until(() => letGo.length === 1);
    const others = await sh('cd "$1" && echo a > slow && echo b >> slow && chmod 600 slow && stat -c %a slow && truncate -s 0 slow && cat slow && stat -c %i slow && ls -i slow', root);
    expect(others.stderr).toBe('');
    expect(others.stdout).toMatch(/^600\ntext\n(\d+)\n\1 slow\n$/u);
    expect(letGo).toHaveLength(1);
    letGo[0]?.();
    expect((await slow.ended).status).toBe(0);
  });

  it('close a copy of a descriptor, and run a program, while a write through the descriptor blocks', async () => {
    let letGo: () => void = () => undefined;
    tree.file('held', { store: () => new Promise<void>((resolve) => { letGo = resolve; }) });
    const script = '$| = 1; pipe R, W; sysopen F, $ARGV[0], O_WRONLY or die; if (my $child = fork) { close W; <R>; syswrite F, "x"; exit } close R; $^F = 2; print W "go\\n"; close W; select undef, undef, undef, 0.2; close F; print "closed\\n"; exec "echo", "ran"';
    const program = new Running('perl', '-MFcntl', '-e', script, `${root}/held`);
    await program.printed('closed');
    await program.printed('ran');
    expect(mounted.inFlight).toBe(1);
    letGo();
    expect((await program.ended).status).toBe(0);
  });

  it('clash on one file, hundreds at a time, and none of them notices', async () => {
    let count = 0;
    tree.file('clash', { store: () => new Promise<void>((resolve) => { setImmediate(() => { count += 1; resolve(); }); }) });
    const script = 'my $bad = 0; for my $i (1..16) { next if fork; my $bad = 0; for (1..50) { if (sysopen F, $ARGV[0], O_WRONLY|O_TRUNC|O_CREAT) { $bad++ unless defined syswrite F, "x"; close F } else { $bad++; print STDERR "$!\n" } } exit($bad ? 1 : 0) } while (wait != -1) { $bad++ if $? } print $bad';
    expect(await perl(script, `${root}/clash`)).toMatchObject({ stdout: '0', stderr: '' });
    expect(count).toBe(800);
  });

  it('list 10,000 directories', async () => {
    for (let index = 0; index < 10_000; index += 1) tree.directory(`many/n${index}`);
    expect((await sh('ls -f "$1/many" | wc -l', root)).stdout.trim()).toBe('10002');
    expect((await sh('find "$1/many" -maxdepth 1 -links 2 | wc -l', root)).stdout.trim()).toBe('10000');
    expect((await sh('stat -c %h "$1/many"', root)).stdout.trim()).toBe('10002');
    tree.remove('many');
    expect((await sh('ls "$1/many"', root)).status).not.toBe(0);
  });

  it('leave nothing behind: the mount stands, no file is open, nothing is in flight', async () => {
    await until(() => mounted.openFiles === 0 && mounted.inFlight === 0);
    expect(await isMounted(root)).toBe(true);
  });
});
