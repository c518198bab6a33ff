import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { isSupported } from '@scst/fuse';
import { afterEach, describe, expect, it } from 'vitest';
import { type Child, endAll, startProcess, startProgram } from './test/child.js';
import { PROGRAM } from './test/program-path.js';
import { temporaryDirectory } from './test/temporary.js';

afterEach(endAll);

/** Runs the program to its end. */
const run = async (words: readonly string[], options?: Parameters<typeof startProgram>[1]): Promise<{ exit: number | string; stdout: string; stderr: string }> => {
  const child = startProgram(words, options);
  const exit = await child.ended;
  return { exit, stdout: child.stdout(), stderr: child.stderr() };
};

interface Place {
  file(name: string): string;
}

const serve = async (place: Place, ...more: readonly string[]): Promise<Child> => {
  const child = startProgram(['serve', '--socket', place.file('socket'), '--state', place.file('state'), ...more]);
  await child.saw('stderr', 'Ctrl-C ends it.');
  return child;
};

const end = async (child: Child, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> => {
  child.process.kill(signal);
  return await child.ended;
};

const canMount = (await isSupported()).supported;

const isInstalled = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

describe('serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly at %s, and leaves no file', async (signal) => {
    await using place = await temporaryDirectory();
    const server = await serve(place);
    expect((await run(['--connect', place.file('socket'), 'status'])).exit).toBe(0);
    expect(await end(server, signal)).toBe(0);
    expect(server.stdout()).toBe('');
    expect(await readdir(place.path)).toEqual(['state']);
    expect(await readdir(place.file('state'))).toEqual([]);
  });

  it('says where it listens, as JSON if that is asked for', async () => {
    await using place = await temporaryDirectory();
    const child = startProgram(['serve', '--socket', place.file('socket'), '--state', place.file('state'), '--json']);
    await child.saw('stdout', '}\n}');
    expect(JSON.parse(child.stdout())).toEqual({ listening: { socket: place.file('socket'), state: place.file('state'), pid: child.process.pid } });
    expect(await end(child)).toBe(0);
    expect(child.stderr()).toBe('');
  });

  it('refuses a state directory and a socket that another server has, and says whose they are', async () => {
    await using place = await temporaryDirectory();
    const server = await serve(place);
    const sameState = await run(['serve', '--socket', place.file('other'), '--state', place.file('state'), '--json']);
    expect(sameState.exit).toBe(1);
    expect(JSON.parse(sameState.stderr)).toMatchObject({ error: { code: 'LOCKED', pid: server.process.pid, socket: place.file('socket') } });
    const sameSocket = await run(['serve', '--socket', place.file('socket'), '--state', place.file('state2')]);
    expect(sameSocket.exit).toBe(1);
    expect(sameSocket.stderr).toContain(`process ${String(server.process.pid)}`);
    expect(await end(server)).toBe(0);
  });

  it('refuses a state directory that the kernel lets nobody make, and ends', async () => {
    await using place = await temporaryDirectory();
    const { exit, stderr } = await run(['serve', '--socket', place.file('socket'), '--state', '/proc/no-such/state']);
    expect([exit, stderr]).toEqual([1, 'scst-local: /proc/no-such: no such file or directory (ENOENT, mkdir)\n']);
  });

  it('starts again where one was killed, with the reservations that outlive it', async () => {
    await using place = await temporaryDirectory();
    const at = ['--connect', place.file('socket')];
    const lun = 'scst_local_tgt/scst_local_host/0';
    const first = await serve(place);
    await run([...at, 'device', 'add', 'disk1', '--file', place.file('disk1.img'), '--create', '1M']);
    await run([...at, 'lun', 'add', 'scst_local_tgt', 'disk1', '0']);
    await run([...at, 'scsi', 'tur', lun]);
    // REGISTER with APTPL: key 0x1122334455667788.
    const register = await run([...at, 'scsi', 'raw', lun, '5f 00 00 00 00 00 00 00 18 00', '--data', '0000000000000000112233445566778800000000 01000000']);
    expect(register).toMatchObject({ exit: 0 });
    expect(await end(first, 'SIGKILL')).toBe('SIGKILL');
    expect(await readdir(place.file('state'))).toContain('scst-local.lock');

    const second = await serve(place);
    await run([...at, 'device', 'add', 'disk1', '--file', place.file('disk1.img')]);
    await run([...at, 'lun', 'add', 'scst_local_tgt', 'disk1', '0']);
    const keys = await run([...at, 'scsi', 'pr-in', lun, 'keys', '--json']);
    expect(JSON.parse(keys.stdout)).toMatchObject({ keys: ['0x1122334455667788'] });
    expect(await end(second)).toBe(0);
  });

  it('ends at once at a second signal, and leaves neither socket nor lock', async () => {
    await using place = await temporaryDirectory();
    const at = ['--connect', place.file('socket')];
    const server = await serve(place);
    await run([...at, 'device', 'add', 'n1', '--handler', 'vdisk_nullio']);
    await run([...at, 'lun', 'add', 'scst_local_tgt', 'n1', '0']);
    await run([...at, 'set', 'suspend', '0']);
    // While SCST is suspended no session can be added: the command waits, and the server for it.
    const waiting = startProgram([...at, 'session', 'add', 'scst_local_tgt/late']);
    await expect.poll(async () => (await run([...at, 'get', 'last_sysfs_mgmt_res'])).stderr, { timeout: 20_000 }).toContain('EAGAIN');
    server.process.kill('SIGTERM');
    await server.saw('stderr', 'a second signal ends at once');
    expect(await end(server, 'SIGTERM')).toBe(143);
    expect(await waiting.ended).toBe(1);
    expect(await readdir(place.path)).toEqual(['state']);
    expect(await readdir(place.file('state'))).toEqual([]);
  });

  it('applies a configuration at start and again at SIGHUP, and writes it back at the end', async () => {
    await using place = await temporaryDirectory();
    const config = place.file('scst.conf');
    const at = ['--connect', place.file('socket')];
    await writeFile(config, '# mine\nHANDLER vdisk_nullio {\n\tDEVICE n1\n}\n');
    const server = await serve(place, '--config', config, '--save-on-exit');
    await writeFile(config, '# mine\nHANDLER vdisk_nullio {\n\tDEVICE n1\n\tDEVICE n2\n}\n');
    server.process.kill('SIGHUP');
    await server.saw('stderr', 'the configuration was applied again');
    expect((JSON.parse((await run([...at, 'device', 'list', '--json'])).stdout) as { name: string }[]).map(({ name }) => name)).toEqual(['n1', 'n2']);
    await writeFile(config, 'HANDLER {\n');
    server.process.kill('SIGHUP');
    await server.saw('stderr', `${config}:1:`);
    await writeFile(config, '# mine\n');
    expect(await end(server)).toBe(0);
    const saved = await run(['config', 'parse', config]);
    expect(saved.stdout).toContain('DEVICE n2');
    expect((await run(['serve', '--state', place.file('x'), '--socket', place.file('y'), '--config', place.file('none')])).exit).toBe(1);
  });

  it('keeps what the configuration says of iSCSI when it writes it back', async () => {
    await using place = await temporaryDirectory();
    const config = place.file('scst.conf');
    const at = ['--connect', place.file('socket')];
    const block = 'TARGET_DRIVER iscsi {\n\t# who may come\n\tenabled 1\n\tTARGET iqn.2026-11.com.example:disks {\n\t\tIncomingUser "bob a-secret-of-16-by"\n\t\tenabled 1\n\n\t\tLUN 0 n1\n\t}\n}\n';
    await writeFile(config, `HANDLER vdisk_nullio {\n\tDEVICE n1\n}\n${block}`);
    const server = await serve(place, '--config', config, '--iscsi', '127.0.0.1:0', '--module', 'scst_local,add_default_tgt=0', '--save-on-exit');
    // While it runs, and at its end.
    expect((await run([...at, 'config', 'save', config])).exit).toBe(0);
    const kept = (await readFile(config, 'utf8')).replace(/^\t\trel_tgt_id .*\n/mu, '');
    expect(kept.slice(-block.length)).toBe(block);
    expect((await run([...at, 'lun', 'add', 'iqn.2026-11.com.example:disks', 'n1', '3'])).exit).toBe(0);
    expect(await end(server)).toBe(0);
    const saved = await readFile(config, 'utf8');
    expect(saved.replace(/^\t\trel_tgt_id .*\n/mu, '')).toContain(block.replace('\t\tLUN 0 n1\n', '\t\tLUN 0 n1\n\t\tLUN 3 n1\n'));
    expect(saved).not.toContain('TARGET_DRIVER scst_local');
    expect((await run(['serve', '--config', place.file('x.json'), '--save-on-exit'])).exit).toBe(2);
  });

  it.runIf(canMount)('mounts the tree for programs that want files, and unmounts it', async () => {
    await using place = await temporaryDirectory();
    await mkdir(place.file('tree'));
    const server = await serve(place, '--mount', place.file('tree'));
    await writeFile(place.file('tree/targets/scst_local/mgmt'), 'add_target files session_name=s');
    expect(await readFile(place.file('tree/targets/scst_local/files/sessions/s/initiator_name'), 'utf8')).toBe('s\n');
    const through = await run(['--connect', place.file('tree'), 'session', 'list', 'files', '--json']);
    expect(JSON.parse(through.stdout)).toMatchObject([{ target: 'files', name: 's' }]);
    const lun = await run(['--connect', place.file('tree'), 'scsi', 'tur', 'files/s/0', '--json']);
    expect(JSON.parse(lun.stderr)).toMatchObject({ error: { code: 'UNSUPPORTED', exit: 1 } });
    expect(await end(server)).toBe(0);
    expect(await readdir(place.file('tree'))).toEqual([]);
  });

  it('loads the modules it is told to', async () => {
    await using place = await temporaryDirectory();
    const server = await serve(place, '--module', 'scst_local,add_default_tgt=0');
    const status = JSON.parse((await run(['--connect', place.file('socket'), 'target', 'list', '--json'])).stdout) as unknown;
    expect(status).toEqual([]);
    expect(await end(server)).toBe(0);
  });
});

describe('the program', () => {
  it('does not mind a reader that goes away', async () => {
    await using place = await temporaryDirectory();
    const server = await serve(place);
    const at = `${process.execPath} ${PROGRAM} --connect ${place.file('socket')}`;
    await run(['--connect', place.file('socket'), 'device', 'add', 'n1', '--handler', 'vdisk_nullio']);
    await run(['--connect', place.file('socket'), 'lun', 'add', 'scst_local_tgt', 'n1']);
    for (const [command, reader] of [['man', 'head -1 >/dev/null'], ['scsi read scst_local_tgt/scst_local_host/0 --all', 'head -c 10 >/dev/null'], ['tree', 'true']]) {
      const shell = startProcess('bash', ['-c', `set -o pipefail; ${at} ${String(command)} | ${String(reader)}`]);
      expect([command, await shell.ended, shell.stderr()]).toEqual([command, 0, '']);
    }
    expect(await end(server)).toBe(0);
  });

  it('reads from pipes and writes to them', async () => {
    await using place = await temporaryDirectory();
    const server = await serve(place);
    const at = ['--connect', place.file('socket')];
    await run([...at, 'device', 'add', 'd1', '--file', place.file('d1.img'), '--create', '8M']);
    await run([...at, 'lun', 'add', 'scst_local_tgt', 'd1']);
    const data = '0123456789abcdef'.repeat(2 * 64 * 1024);
    expect(await run([...at, 'scsi', 'write', 'scst_local_tgt/scst_local_host/0', '--lba', '7', '--json'], { stdin: data })).toMatchObject({ exit: 0 });
    const { exit, stdout } = await run([...at, 'scsi', 'read', 'scst_local_tgt/scst_local_host/0', '--lba', '7', '--blocks', String(data.length / 512)]);
    expect([exit, stdout === data]).toEqual([0, true]);
    expect(await end(server)).toBe(0);
  });

  it('gives the tour and ends within seconds', async () => {
    const began = performance.now();
    const { exit, stderr } = await run(['tour']);
    expect([exit, stderr]).toEqual([0, '']);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('keeps the tour’s server until a signal, and leaves nothing of it', async () => {
    const child = startProgram(['tour', '--keep']);
    await child.saw('stderr', 'Ctrl-C ends it.');
    const socket = / +socket +(\S+)/u.exec(child.stderr())?.[1] ?? '';
    const sessions = await run(['--connect', socket, 'session', 'list', '--json']);
    expect((JSON.parse(sessions.stdout) as { name: string }[]).map(({ name }) => name)).toEqual(['backup_host', 'scst_local_host']);
    expect(await end(child, 'SIGINT')).toBe(0);
    await expect(readdir(socket.replace(/\/socket$/u, ''))).rejects.toThrow('ENOENT');
  });
});

describe('completion', () => {
  const shells = ([['bash', ['-n']], ['zsh', ['-n']], ['fish', ['--no-execute']]] as const).filter(([shell]) => isInstalled(shell));

  it.each(shells)('for %s is a script the shell can read', async (shell, flags) => {
    await using place = await temporaryDirectory();
    await writeFile(place.file('script'), (await run(['completion', shell])).stdout);
    const check = startProcess(shell, [...flags, place.file('script')]);
    expect([await check.ended, check.stderr()]).toEqual([0, '']);
  });

  it('in bash offers what the program offers, behind colons too', async () => {
    await using place = await temporaryDirectory();
    await writeFile(place.file('scst-local'), `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`, { mode: 0o755 });
    const server = await serve(place);
    await run(['--connect', place.file('socket'), 'target', 'add', 'iqn.2026-01.com.example:disk']);
    const offered = async (line: string): Promise<string> => {
      const script = `source <(scst-local completion bash); COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}; compopt() { :; }; _scst_local; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const shell = startProcess('bash', ['-c', script], { env: { PATH: `${place.path}:${process.env['PATH'] ?? ''}`, SCST_LOCAL_CONNECT: place.file('socket') } });
      expect([await shell.ended, shell.stderr()]).toEqual([0, '']);
      return shell.stdout();
    };
    expect(await offered('scst-local modul')).toBe('module\n');
    expect(await offered('scst-local target show scst')).toBe('scst_local_tgt\n');
    expect(await offered('scst-local target show iqn.2026-01.com.example:')).toBe('disk\n');
    expect(await end(server)).toBe(0);
  });
});

describe('the manual page', () => {
  it.runIf(isInstalled('man'))('is one that man reads without a complaint', async () => {
    const page = (await run(['man'])).stdout;
    const reader = startProcess('man', ['--warnings', '-l', '-'], { stdin: page, env: { MANWIDTH: '100', LC_ALL: 'C.UTF-8' } });
    expect([await reader.ended, reader.stderr()]).toEqual([0, '']);
    expect(reader.stdout()).toContain('scst-local - SCST from the command line');
  });
});
