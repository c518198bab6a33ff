import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { type ChapAuthentication, type IscsiNexus, type IscsiServer, type IscsiTarget, listen, type TargetParameters } from '@scst/iscsi';
import { logicalUnitSink } from '@scst/scsi';
import { MemoryDisk } from '@scst/scsi/compliance';
import { afterEach, describe, expect, it } from 'vitest';

const NAME = 'iqn.2026-11.com.example:disk1';
const run = promisify(execFile);

const has = async (program: string): Promise<boolean> => {
  try {
    await run('which', [program]);
    return true;
  } catch {
    return false;
  }
};

/** What a program prints, whether it succeeds or not. */
const output = async (program: string, args: readonly string[]): Promise<string> => {
  try {
    const { stdout, stderr } = await run(program, [...args], { timeout: 20_000 });
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return stdout + stderr;
  }
};

const libiscsi = await has('iscsi-inq');

let server: IscsiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const serve = async (parameters: TargetParameters = {}, authentication?: ChapAuthentication, address = '127.0.0.1'): Promise<string> => {
  const disk = logicalUnitSink(new MemoryDisk({ blockCount: 16_384 }));
  const nexus: IscsiNexus = {
    submit: (_lun, task) => {
      disk.submit(task);
    },
    abort: (_lun, task) => {
      disk.abort(task);
    },
    manage: () => Promise.resolve('complete'),
    close: () => Promise.resolve(),
  };
  const target: IscsiTarget = { targetName: NAME, parameters, authentication, openNexus: () => nexus };
  server = await listen({ discover: () => [target], findTarget: (_initiator, name) => (name === NAME ? target : undefined) }, { portals: [{ address, port: 0 }] });
  const port = server.portals[0]?.port ?? 0;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
};

/** Nobody is left, a moment after the last one has gone. */
const becomesIdle = async (): Promise<void> => {
  await expect.poll(() => server?.sessions.length).toBe(0);
};

describe(`libiscsi${libiscsi ? '' : ' (skipped: needs libiscsi-bin)'}`, { timeout: 60_000 }, () => {
  it.skipIf(!libiscsi).each(['127.0.0.1', '::1'])('finds the target by SendTargets at %s, and its LUN', async (address) => {
    const portal = await serve({}, undefined, address);
    const listed = await output('iscsi-ls', ['-s', `iscsi://${portal}`]);
    expect(listed).toContain(`Target:${NAME} Portal:${portal},1`);
    expect(listed).toMatch(/Lun:0 +Type:DIRECT_ACCESS/u);
    await becomesIdle();
  });

  it.skipIf(!libiscsi).each([
    ['no digest', {}, ''],
    ['a header digest', { headerDigest: ['CRC32C'] }, '?header_digest=crc32c'],
    ['R2T for everything', { initialR2T: true, immediateData: false, maxBurstLength: 1024 }, ''],
    ['segments of 512 bytes', { maxXmitDataSegmentLength: 512, maxRecvDataSegmentLength: 512 }, ''],
  ] as const)('executes commands with %s', async (_what, parameters, query) => {
    const portal = await serve(parameters);
    expect(await output('iscsi-inq', [`iscsi://${portal}/${NAME}/0${query}`])).toContain('Product:memory disk');
    for (const test of ['Read10.Simple', 'Write10.Simple', 'iSCSIcmdsn', 'iSCSIdatasn']) {
      const printed = await output('iscsi-test-cu', ['-d', '-t', `ALL.${test}`, `iscsi://${portal}/${NAME}/0${query}`]);
      // Total, ran, passed, failed, inactive.
      expect(printed, test).toMatch(/^ +tests +([12]) +\1 +\1 +0 /mu);
    }
    await becomesIdle();
  });

  it.skipIf(!libiscsi)('proves itself by CHAP, and asks for proof', async () => {
    const portal = await serve({}, { incoming: [{ name: 'host1', secret: 'secret of host1' }], outgoing: { name: 'disk1', secret: 'secret-of-disk1' } });
    const inquire = (user: string, query = ''): Promise<string> => output('iscsi-inq', [`iscsi://${user}${portal}/${NAME}/0${query}`]);
    expect(await inquire('')).toContain('Authentication failure');
    expect(await inquire('host1%secret of host2@')).toContain('Authentication failure');
    expect(await inquire('host1%secret of host1@')).toContain('Product:memory disk');
    expect(await inquire('host1%secret of host1@', '?target_user=disk1&target_password=secret-of-disk1')).toContain('Product:memory disk');
    expect(await inquire('host1%secret of host1@', '?target_user=disk1&target_password=secret-of-disk2')).toContain('Authentication failed');
    await becomesIdle();
  });
});

describe('sockets', () => {
  it('of peers that go away in the middle leave nothing', async () => {
    const portal = await serve();
    const port = Number(portal.split(':')[1]);
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const socket = connect(port, '127.0.0.1');
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.write(Buffer.alloc(index, 0x43));
        socket.destroy();
      }),
    );
    await becomesIdle();
    await server?.close();
    await expect(new Promise((resolve, reject) => connect(port, '127.0.0.1').once('connect', resolve).once('error', reject))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('tell why a portal cannot be had', async () => {
    const portal = await serve();
    const port = Number(portal.split(':')[1]);
    await expect(listen({ discover: () => [], findTarget: () => undefined }, { portals: [{ address: '127.0.0.1', port }] })).rejects.toMatchObject({ name: 'IscsiError', code: 'ERR_LISTEN' });
  });

  it('come and go while the server runs', async () => {
    await serve();
    const portal = await server?.addPortal({ address: '127.0.0.1', port: 0 });
    expect(server?.portals.length).toBe(2);
    if (portal !== undefined) server?.removePortal(portal);
    expect(server?.portals.length).toBe(1);
  });
});
