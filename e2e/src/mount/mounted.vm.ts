// The tree of `scst-local serve --mount`, as root on a kernel that has no SCST, in the place of the kernel's: administered by echo and by the
// command line, used by many at a time, and what its end leaves, by signal and by kill -9.
// @vm modules fuse
// @vm processors 2
// @vm timeout 600
import { access, mkdir, mkdtemp, readdir, readFile, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diagnose, Scst } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../durability/server-process.js';
import { eventually, type Outcome, run, succeed } from '../kernel/standin.js';

const CLI = fileURLToPath(new URL('../../../apps/cli/dist/cli.js', import.meta.url));
/** The place of the kernel's tree: there is none, and sysfs lets nobody make a directory. */
const KERNEL = '/sys/kernel';
const TREE = join(KERNEL, 'scst_tgt');
const DRIVER = 'targets/scst_local';
/** Milliseconds for a program on an emulated processor. */
const PATIENCE = 120_000;
const FUSE_SUPER_MAGIC = 0x65735546;
const WRITERS = 64;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-mounted-'));
  await mkdir(join(directory, 'kernel', 'scst_tgt'), { recursive: true });
  await mkdir(join(directory, 'elsewhere'));
  for (const name of ['disk1.img', 'disk2.img']) {
    await writeFile(join(directory, name), '');
    await truncate(join(directory, name), 8 << 20);
  }
  await succeed('mount', '--bind', join(directory, 'kernel'), KERNEL);
});
afterAll(async () => {
  await run('umount', ['-l', TREE]);
  await succeed('umount', KERNEL);
  await rm(directory, { recursive: true, force: true });
});

/** A shell in the root of the tree. */
const shell = async (script: string): Promise<string> => await succeed('sh', '-ec', `cd ${TREE}\n${script}`);

const cli = async (connect: string, ...words: readonly string[]): Promise<Outcome> => await run(process.execPath, [CLI, '--connect', connect, ...words], PATIENCE);

/** Directories of the mount table that are trees of ours. */
const mounts = async (): Promise<string[]> =>
  (await readFile('/proc/self/mounts', 'utf8')).split('\n').flatMap((line) => {
    const [, place, type] = line.split(' ');
    return type === 'fuse.scst' && place !== undefined ? [place] : [];
  });

const path = (name: string): string => join(directory, name);

/** A server with a socket and state of its own, and its tree mounted. */
const serve = async (name: string, mountpoint: string, config?: string): Promise<ServerProcess> => {
  const server = await ServerProcess.start({ program: CLI, socket: path(`${name}.sock`), stateDirectory: path(`${name}.state`), config, flags: ['--mount', mountpoint], patience: PATIENCE });
  await eventually(`the tree of ${name} is there`, async () => ((await access(join(mountpoint, DRIVER)).then(() => true, () => false)) ? true : undefined), PATIENCE);
  return server;
};

/** What a server that has ended well has left: no mount, no socket, no lock. */
const expectNothingLeft = async (name: string, mountpoint: string): Promise<void> => {
  expect(await mounts()).not.toContain(mountpoint);
  expect(await readdir(mountpoint)).toEqual([]);
  await expect(access(path(`${name}.sock`))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(path(`${name}.state`))).not.toContain('scst-local.lock');
};

describe('a tree mounted where the kernel’s would be', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await serve('first', TREE);
  });
  afterAll(() => server.kill());

  it('is one file system of ours, for find and cat', async () => {
    expect((await statfs(TREE)).type).toBe(FUSE_SUPER_MAGIC);
    expect(await mounts()).toEqual([TREE]);
    const files = (await shell('find . -type f | sort')).trim().split('\n');
    expect(files).toEqual(expect.arrayContaining(['version', 'targets/scst_local/mgmt', 'handlers/vdisk_fileio/mgmt', 'device_groups/mgmt', 'targets/scst_local/scst_local_tgt/rel_tgt_id'].map((file) => `./${file}`)));
    expect(await shell('cat version')).toMatch(/^SCST version: 3\./u);
    // Every file that may be read can be.
    expect(await shell('find . -type f -perm -400 -exec cat {} + >/dev/null; echo read')).toBe('read\n');
    expect(await shell('readlink targets/scst_local/scst_local_tgt/sessions/scst_local_host/luns')).toBe('../../luns\n');
  });

  it('is administered by echo, and refuses with the errno of SCST', async () => {
    await shell(`echo "add_device disk1 filename=${path('disk1.img')}; nv_cache=1" > handlers/vdisk_fileio/mgmt
      echo "add_target disks" > ${DRIVER}/mgmt
      echo "add disk1 0" > ${DRIVER}/disks/luns/mgmt
      echo "add_session disks host1" > ${DRIVER}/mgmt
      echo 42 > ${DRIVER}/disks/rel_tgt_id`);
    expect(await shell('cat devices/disk1/filename')).toMatch(new RegExp(`^${path('disk1.img')}\n\\[key\\]\n`, 'u'));
    expect(await shell(`cat ${DRIVER}/disks/rel_tgt_id`)).toBe('42\n[key]\n');
    expect(await shell(`readlink -f ${DRIVER}/disks/luns/0/device; ls -d ${DRIVER}/disks/sessions/host1/lun0`)).toBe(`${TREE}/devices/disk1\n${DRIVER}/disks/sessions/host1/lun0\n`);
    expect(await shell('ls devices/disk1/exported')).toContain('export0');
    expect((await run('sh', ['-c', `echo "add_target disks" > ${TREE}/${DRIVER}/mgmt`])).status).not.toBe(0);
    expect((await run('sh', ['-c', `echo 3 > ${TREE}/version`])).output).toContain('Permission denied');
    expect((await run('mkdir', [`${TREE}/${DRIVER}/made`])).output).toContain('Operation not permitted');
  });

  it('is the same SCST through the mount, and through the socket', async () => {
    // The one command connects to what is mounted in the kernel's place, the other to the server: each sees what the other has done.
    await shell(`echo "add_device disk2 filename=${path('disk2.img')}" > handlers/vdisk_fileio/mgmt`);
    expect(await cli(path('first.sock'), 'lun', 'add', 'disks', 'disk2', '5')).toMatchObject({ status: 0 });
    expect(await shell(`ls ${DRIVER}/disks/luns`)).toMatch(/^0\n5\nmgmt\n$/u);
    // No kernel's SCST: its sessions are not the SCSI hosts of this machine.
    const { output } = await cli('kernel', '--json', 'status');
    expect(JSON.parse(output)).toMatchObject({ kind: 'directory', devices: 2 });
  });

  it(`takes the commands of ${WRITERS} writers at a time, each of them once`, async () => {
    const output = await shell(`for i in $(seq ${WRITERS}); do
        (echo "add_target w$i" > ${DRIVER}/mgmt && echo "add_session w$i s$i" > ${DRIVER}/mgmt && echo "$i is done") &
      done
      wait`);
    expect(output.trim().split('\n')).toHaveLength(WRITERS);
    expect((await shell(`ls -d ${DRIVER}/w*/sessions/s*`)).trim().split('\n')).toHaveLength(WRITERS);
    // Of as many that want the same, one has it.
    expect((await shell(`for i in $(seq ${WRITERS}); do (echo "add_target wanted" > ${DRIVER}/mgmt && echo mine) 2>/dev/null & done; wait; true`))).toBe('mine\n');
    await shell(`for i in $(seq ${WRITERS}); do echo "del_target w$i" > ${DRIVER}/mgmt & done; wait; echo "del_target wanted" > ${DRIVER}/mgmt`);
    expect((await shell(`ls ${DRIVER}`))).not.toMatch(/^w/mu);
  });

  it('is saved as a configuration, which takes away what came after it', async () => {
    const config = path('scst.conf');
    expect(await cli('kernel', 'config', 'save', config)).toMatchObject({ status: 0 });
    const text = await readFile(config, 'utf8');
    for (const word of ['DEVICE disk1', 'nv_cache 1', 'TARGET disks', 'rel_tgt_id 42', 'LUN 5 disk2', 'host1']) expect(text).toContain(word);
    await shell(`echo "add_target later" > ${DRIVER}/mgmt; echo "del 5" > ${DRIVER}/disks/luns/mgmt`);
    expect(await cli(TREE, 'config', 'apply', config, '--prune')).toMatchObject({ status: 0 });
    expect(await shell(`ls ${DRIVER}; ls ${DRIVER}/disks/luns`)).toMatch(/^disks\nmgmt\n(?:(?!later).*\n)*0\n5\nmgmt\n$/u);
  });

  it('that lost its server to kill -9 says so, and the next server takes its place', async () => {
    await server.kill();
    const { output } = await run('ls', [TREE]);
    expect(output).toContain('Transport endpoint is not connected');
    const lost = await cli('kernel', 'status');
    await using scst = await Scst.open({ connect: 'embedded' });
    expect(await diagnose(scst)).toMatchObject([{ code: 'stale-mount', subject: TREE, hint: `umount -l ${TREE}` }]);
    expect([lost.status, lost.output]).toEqual([3, expect.stringContaining(`the tree mounted on ${TREE} has lost its server`)]);
    server = await serve('first', TREE, path('scst.conf'));
    expect(await mounts()).toEqual([TREE]);
    expect(await diagnose(scst)).toEqual([]);
    expect(await shell(`cat ${DRIVER}/disks/rel_tgt_id; ls ${DRIVER}/disks/luns ${DRIVER}/disks/sessions`)).toMatch(/^42\n\[key\]\n.*luns:\n0\n5\nmgmt\n.*host1/su);
  });

  it('whose server has stopped keeps nobody waiting for ever', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    process.kill(server.pid, 'SIGSTOP');
    try {
      expect(await diagnose(scst)).toMatchObject([{ code: 'silent-mount', subject: TREE, message: `the server of the tree mounted on ${TREE} has not answered for 5 s` }]);
      const { status, output } = await cli('kernel', 'doctor');
      expect([status, output]).toEqual([3, expect.stringContaining(`the server of the tree mounted on ${TREE} has not answered for 5 s`)]);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    expect(await diagnose(scst)).toEqual([]);
  });

  it('goes at SIGINT and SIGTERM, also while programs are in it, and leaves nothing', async () => {
    const elsewhere = path('elsewhere');
    const second = await serve('second', elsewhere);
    const inside = run('sh', ['-c', `cd ${TREE}/${DRIVER} && exec 3< disks/rel_tgt_id && echo $$ >${path('inside')} && exec sleep 120`], PATIENCE);
    const pid = await eventually('a program is in the tree', async () => Number(await readFile(path('inside'), 'utf8').catch(() => '')) || undefined);
    expect(await Promise.all([server.stop('SIGINT'), second.stop('SIGTERM')])).toEqual([0, 0]);
    await expectNothingLeft('first', TREE);
    await expectNothingLeft('second', elsewhere);
    expect(await mounts()).toEqual([]);
    process.kill(pid);
    await inside;
  });
});
