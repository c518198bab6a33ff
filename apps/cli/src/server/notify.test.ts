import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Child, endAll, startProcess, startProgram } from '../test/child.js';
import { temporaryDirectory } from '../test/temporary.js';
import { watchdogInterval } from './notify.js';

afterEach(endAll);

const missing = ['systemd-notify', 'perl'].filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0);
if (missing.length > 0) console.warn(`skipped: what a service manager is told needs ${missing.join(' and ')}`);

/** A service manager's socket: prints every message it gets, its lines joined by `|`. Node has no such sockets. */
const RECEIVER = String.raw`
use Socket; $| = 1;
socket(S, AF_UNIX, SOCK_DGRAM, 0) and bind(S, pack_sockaddr_un($ARGV[0])) or die "$!";
print "listening\n";
while (defined recv(S, my $m, 8192, 0)) { $m =~ s/\n/|/g; print "$m\n" unless $m =~ /^BARRIER/ }
`;

const listen = async (path: string): Promise<Child> => {
  const receiver = startProcess('perl', ['-e', RECEIVER, path]);
  await receiver.saw('stdout', 'listening');
  return receiver;
};

describe.runIf(missing.length === 0)('a service manager', () => {
  it('is told of the start, of a configuration applied again or not, and of the end', async () => {
    await using place = await temporaryDirectory();
    const manager = await listen(place.file('notify'));
    await writeFile(place.file('scst.conf'), '');
    const server = startProgram(['serve', '--socket', place.file('s'), '--state', place.file('state'), '--config', place.file('scst.conf')], { env: { NOTIFY_SOCKET: place.file('notify') } });
    await manager.saw('stdout', `READY=1|STATUS=Serving on ${place.file('s')}|MAINPID=${server.process.pid}`);
    server.process.kill('SIGHUP');
    await manager.saw('stdout', 'RELOADING=1');
    await server.saw('stderr', 'applied again');
    await writeFile(place.file('scst.conf'), 'HANDLER {\n');
    server.process.kill('SIGHUP');
    await manager.saw('stdout', 'could not be applied again: ');
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    const told = manager.stdout().split('\n').slice(1, -1);
    expect(told.map((line) => /[A-Z]+=1/u.exec(line)?.[0])).toEqual(['READY=1', 'RELOADING=1', 'READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1']);
    expect(told.at(-1)).toContain('STATUS=Ending');
  });

  it('that watches is told again and again', async () => {
    await using place = await temporaryDirectory();
    const manager = await listen(place.file('notify'));
    const server = startProgram(['serve', '--socket', place.file('s'), '--state', place.file('state')], { env: { NOTIFY_SOCKET: place.file('notify'), WATCHDOG_USEC: '400000' } });
    await manager.saw('stdout', 'READY=1');
    await manager.saw('stdout', 'WATCHDOG=1\nWATCHDOG=1\n');
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  it('that does not listen keeps nobody from ending', async () => {
    await using place = await temporaryDirectory();
    const server = startProgram(['serve', '--socket', place.file('s'), '--state', place.file('state')], { env: { NOTIFY_SOCKET: place.file('none') } });
    await server.saw('stderr', 'Ctrl-C ends it.');
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});

describe('the watchdog', () => {
  it.each([
    [{}, undefined],
    [{ WATCHDOG_USEC: '60000000' }, 30_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, 30_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '8' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'soon' }, undefined],
  ])('of %j', (env, interval) => {
    expect(watchdogInterval(env, 7)).toBe(interval);
  });
});
