// open-iscsi, Linux's own initiator, against scst-iscsi-target: file systems, lost connections, a killed target, CHAP, digests, and sg3_utils.
// @vm modules sg ext4 crc32c_generic tcp_diag
// @vm programs iscsid:open-iscsi iscsiadm:open-iscsi fio mkfs.ext4:e2fsprogs e2fsck:e2fsprogs ss:iproute2 sg_inq:sg3-utils
// @vm processors 2
// @vm alone
// @vm timeout 600
import { mkdir, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeComplaints } from '../kernel/kernel-log.js';
import { eventually, succeed } from '../kernel/standin.js';
import { type InitiatorDevice, OpenIscsi } from './open-iscsi.js';
import { ServerProcess } from './server-process.js';

const PROGRAM = fileURLToPath(new URL('../../../apps/iscsi-target/dist/cli.js', import.meta.url));
const PORT = 13260;
const PORTAL = `127.0.0.1:${PORT}`;
const INITIATOR = 'iqn.2026-11.com.example:guest';
const DISKS = 'iqn.2026-11.com.example:disks';
const GUARDED = 'iqn.2026-11.com.example:guarded';
const DIGESTS = { 'node.conn[0].iscsi.HeaderDigest': 'CRC32C', 'node.conn[0].iscsi.DataDigest': 'CRC32C' };
/** Pings that emulated processors answer late are no reason to give a connection up. */
const PATIENCE = { 'node.conn[0].timeo.noop_out_timeout': 30, 'node.conn[0].timeo.login_timeout': 60 };
const CHUNK = 256 << 10;

const configuration = (directory: string): string => `
HANDLER vdisk_fileio {
	DEVICE disk1 {
		filename ${directory}/disk1.img
		thin_provisioned 1
	}
	DEVICE disk2 {
		filename ${directory}/disk2.img
	}
}
TARGET_DRIVER iscsi {
	enabled 1
	TARGET ${DISKS} {
		enabled 1
		rel_tgt_id 7
		LUN 0 disk1
		LUN 1 disk2
	}
	TARGET ${GUARDED} {
		enabled 1
		rel_tgt_id 8
		IncomingUser "anne a-secret-of-16-b"
		OutgoingUser "us our-own-secret-3"
		HeaderDigest CRC32C
		DataDigest CRC32C
		LUN 0 disk2
	}
}
DEVICE_GROUP units {
	DEVICE disk1
	TARGET_GROUP ports {
		group_id 5
		state active
		TARGET ${DISKS}
	}
}
`;

const pattern = (index: number): Buffer => {
  const chunk = Buffer.alloc(CHUNK);
  for (let at = 0; at < CHUNK; at += 4) chunk.writeUInt32BE(index * CHUNK + at, at);
  return chunk;
};

/** Writes chunks, each to stable storage, and lets something happen while the one in the middle is under way. */
const writeThrough = async (path: string, chunks: number, happen: () => Promise<void>): Promise<void> => {
  await using file = await open(path, 'w');
  for (let index = 0; index < chunks; index++) {
    const written = file.write(pattern(index), 0, CHUNK, index * CHUNK).then(() => file.sync());
    await Promise.all([written, ...(index === chunks >> 1 ? [happen()] : [])]);
  }
};

/** What is on the medium, past the page cache. */
const readBack = async (path: string, chunks: number): Promise<boolean> => {
  await writeFile('/proc/sys/vm/drop_caches', '3');
  return (await readFile(path)).equals(Buffer.concat(Array.from({ length: chunks }, (_, index) => pattern(index))));
};

describe('open-iscsi', () => {
  let directory: string;
  let server: ServerProcess;
  let initiator: OpenIscsi;

  const startServer = (): Promise<ServerProcess> => ServerProcess.start({ program: PROGRAM, directory, config: configuration(directory), profile: 'scst', portals: [PORTAL] });

  /** Logs in, uses the device of LUN 0, logs out; then nothing of the session is left on either side. */
  const withSession = async (target: string, use: (device: InitiatorDevice) => Promise<void>): Promise<void> => {
    expect(await initiator.logIn(target)).toMatchObject({ status: 0 });
    await use(await initiator.device(0));
    expect(await initiator.logOut(target)).toMatchObject({ status: 0 });
    expect(await initiator.sessions()).toEqual([]);
    await eventually('the target has no session', async () => ((await server.status()).sessions.length === 0 ? true : undefined));
  };

  const withMount = async (disk: string, use: (folder: string) => Promise<void>): Promise<void> => {
    const folder = join(directory, 'mounted');
    await mkdir(folder, { recursive: true });
    await succeed('mount', '-t', 'ext4', disk, folder);
    await use(folder);
    await succeed('umount', folder);
    await succeed('e2fsck', '-f', '-n', disk);
  };

  /** Where the connection of the only session comes from. */
  const from = async (): Promise<string | undefined> => (await server.status()).sessions[0]?.connections[0]?.from;

  beforeAll(async () => {
    await takeComplaints();
    directory = await mkdtemp(join(tmpdir(), 'scst-open-iscsi-'));
    for (const [name, bytes] of [['disk1.img', 48 << 20], ['disk2.img', 8 << 20]] as const) {
      await writeFile(join(directory, name), '');
      await truncate(join(directory, name), bytes);
    }
    [server, initiator] = await Promise.all([startServer(), OpenIscsi.start({ initiator: INITIATOR, portal: PORTAL })]);
  });

  afterAll(async () => {
    await initiator[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
    expect(await takeComplaints()).toEqual([]);
  });

  it('discovers the targets', async () => {
    expect((await initiator.discover()).sort()).toEqual([DISKS, GUARDED]);
    for (const target of [DISKS, GUARDED]) await initiator.set(target, PATIENCE);
  });

  it('makes a file system, and fio finds again what it wrote', async () => {
    await withSession(DISKS, async ({ disk }) => {
      await succeed('mkfs.ext4', '-q', disk);
      await withMount(disk, async (folder) => {
        await succeed('fio', '--name=verify', `--filename=${folder}/fio`, '--size=4M', '--rw=randwrite', '--bsrange=4k-128k', '--ioengine=libaio', '--iodepth=8', '--direct=1', '--verify=crc32c', '--do_verify=1', '--verify_fatal=1');
      });
    });
    // The magic of ext4's superblock, as the target's file has it.
    expect((await readFile(join(directory, 'disk1.img'))).readUInt16LE(1024 + 0x38)).toBe(0xef53);
  });

  it('is answered what sg3_utils ask', async () => {
    await withSession(DISKS, async ({ generic }) => {
      expect(await succeed('sg_inq', generic)).toMatch(/Vendor identification: SCST_FIO\s+Product identification: disk1/u);
      expect(await succeed('sg_vpd', '--page=di', generic)).toMatch(/Relative target port: 0x7\s+.*Target port group: 0x5/su);
      expect(await succeed('sg_vpd', '--page=bl', generic)).toContain('Maximum unmap LBA count: ');
      expect(await succeed('sg_rtpg', generic)).toMatch(/target port group id : 0x5.*asymmetric access state : 0x00.*Relative target port ids:\s+0x07/su);
      expect(await succeed('sg_senddiag', '--test', generic)).toContain('GOOD');
      expect(await succeed('sg_luns', generic)).toContain('2 lun entries');
    });
  });

  it('reserves persistently under its own TransportID', async () => {
    await withSession(DISKS, async ({ generic }) => {
      const out = (...words: readonly string[]): Promise<string> => succeed('sg_persist', '--out', ...words, generic);
      const full = (): Promise<string> => succeed('sg_persist', '--in', '--read-full-status', generic);
      await out('--register', '--param-sark=abc');
      await out('--reserve', '--param-rk=abc', '--prout-type=5');
      expect(await full()).toMatch(new RegExp(`Key=0xabc.*Relative port address: 0x7.*Reservation holder.*Write Exclusive, registrants only.*${INITIATOR},i,0x`, 'su'));
      await out('--release', '--param-rk=abc', '--prout-type=5');
      expect(await full()).not.toContain('Reservation holder');
      await out('--register', '--param-rk=abc', '--param-sark=0');
      expect(await succeed('sg_persist', '--in', '--read-keys', generic)).toContain('NO registered reservation keys');
    });
  });

  it('copies from one disk to the other within the target, and unmaps', async () => {
    await withSession(DISKS, async ({ disk, generic }) => {
      const other = await initiator.device(1);
      const [blocks, bytes] = [512, 256 << 10];
      const images = ['disk1.img', 'disk2.img'].map((name) => join(directory, name));
      const heads = async (): Promise<Buffer[]> => await Promise.all(images.map(async (image) => (await readFile(image)).subarray(0, bytes)));
      const before = await heads();
      expect(before[0]?.equals(before[1] ?? Buffer.alloc(0))).toBe(false);
      await succeed('sg_xcopy', `if=${generic}`, `of=${other.generic}`, 'bs=512', `count=${blocks}`, 'iflag=xcopy');
      const copied = await heads();
      expect(copied[0]?.equals(copied[1] ?? Buffer.alloc(0))).toBe(true);
      await succeed('sg_unmap', '--force', '--lba=0', `--num=${blocks}`, generic);
      expect((await heads())[0]?.every((byte) => byte === 0)).toBe(true);
      await succeed('mkfs.ext4', '-q', '-F', disk);
    });
  });

  it('goes on over a new connection when the one it has is cut, with digests', async () => {
    await initiator.set(DISKS, DIGESTS);
    await withSession(DISKS, async ({ disk }) => {
      expect((await server.status()).sessions[0]?.connections).toMatchObject([{ headerDigest: 'CRC32C', dataDigest: 'CRC32C' }]);
      const first = await from();
      await withMount(disk, async (folder) => {
        const file = join(folder, 'cut');
        await writeThrough(file, 8, async () => {
          expect(await succeed('ss', '-K', 'dport', '=', `:${PORT}`)).toContain(first ?? 'a connection');
        });
        expect(await readBack(file, 8)).toBe(true);
      });
      expect(await from()).toMatch(/^127\.0\.0\.1:/u);
      expect(await from()).not.toBe(first);
    });
  });

  it('goes on when the target is killed and started again, which knows the reservations of before', async () => {
    await withSession(DISKS, async ({ disk, generic }) => {
      await succeed('sg_persist', '--out', '--register', '--param-sark=abc', '--param-aptpl', generic);
      await succeed('sg_persist', '--out', '--reserve', '--param-rk=abc', '--prout-type=5', generic);
      await withMount(disk, async (folder) => {
        const file = join(folder, 'killed');
        await writeThrough(file, 8, async () => {
          await server.kill();
          server = await startServer();
        });
        expect(await readBack(file, 8)).toBe(true);
      });
      expect(await succeed('sg_persist', '--in', '--read-full-status', generic)).toMatch(new RegExp(`Key=0xabc.*Reservation holder.*${INITIATOR},i,0x`, 'su'));
      await succeed('sg_persist', '--out', '--register', '--param-rk=abc', '--param-sark=0', generic);
    });
  });

  it('logs in with CHAP both ways, and not with a wrong secret of either', async () => {
    await initiator.set(GUARDED, DIGESTS);
    const refused = async (): Promise<void> => {
      expect((await initiator.logIn(GUARDED)).status).not.toBe(0);
      expect(await initiator.sessions()).toEqual([]);
    };
    await refused();
    await initiator.set(GUARDED, { 'node.session.auth.authmethod': 'CHAP', 'node.session.auth.username': 'anne', 'node.session.auth.password': 'another-secret-0' });
    await refused();
    await initiator.set(GUARDED, { 'node.session.auth.password': 'a-secret-of-16-b', 'node.session.auth.username_in': 'us', 'node.session.auth.password_in': 'not-our-secret-3' });
    await refused();
    await initiator.set(GUARDED, { 'node.session.auth.password_in': 'our-own-secret-3' });
    await withSession(GUARDED, async ({ disk }) => {
      expect((await server.status()).sessions).toMatchObject([{ initiator: INITIATOR, user: 'anne', connections: [{ headerDigest: 'CRC32C', dataDigest: 'CRC32C' }] }]);
      await succeed('dd', `of=${disk}`, 'if=/dev/zero', 'bs=64k', 'count=8', 'oflag=direct');
    });
  });
});
