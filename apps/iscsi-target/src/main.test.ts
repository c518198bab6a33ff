import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { main } from './main.js';

const CONFIG = `HANDLER vdisk_nullio {
	DEVICE disk1 {
		size_mb 16
	}
}
TARGET_DRIVER iscsi {
	enabled 1
	TARGET iqn.2026-11.com.example:disks {
		enabled 1
		IncomingUser "anne a-secret-of-16-b"
		LUN 0 disk1
	}
}
`;

interface Run {
  readonly exit: Promise<number>;
  readonly out: () => string;
  readonly err: () => string;
  readonly hangUp: () => void;
  readonly end: (signal: 'SIGINT' | 'SIGTERM') => void;
}

const start = (...words: string[]): Run => {
  let [out, err] = ['', ''];
  const controller = new AbortController();
  const listeners = new Set<() => void>();
  const exit = main(words, {
    out: (text) => { out += text; },
    err: (text) => { err += text; },
    signal: controller.signal,
    onHangup: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return { exit, out: () => out, err: () => err, hangUp: () => { for (const listener of listeners) listener(); }, end: (signal) => { controller.abort(signal); } };
};

const withDirectory = async (use: (place: (name: string) => string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-iscsi-target-'));
  try {
    await use((name) => join(directory, name));
  } finally {
    await rm(directory, { recursive: true });
  }
};

describe('scst-iscsi-target', () => {
  it('serves a configuration, tells how it is, takes a new one, and ends as told', async () => {
    await withDirectory(async (place) => {
      await writeFile(place('scst.conf'), CONFIG);
      const server = start('--json', 'serve', '--config', place('scst.conf'), '--listen', '127.0.0.1:0', '--state', place('state'), '--socket', place('s'), '--grace', '0', '--log-level', 'silent');
      await vi.waitFor(() => { expect(server.out()).toContain('listening'); }, 10_000);
      const status = async (): Promise<{ targets: unknown }> => {
        const asked = start('--json', 'status', '--socket', place('s'));
        expect(await asked.exit).toBe(0);
        return JSON.parse(asked.out()) as { targets: unknown };
      };
      expect((await status()).targets).toEqual([{ name: 'iqn.2026-11.com.example:disks', sessions: 0 }]);
      expect(JSON.stringify(await status())).not.toContain('a-secret-of-16-b');
      await writeFile(place('scst.conf'), CONFIG.replace('\tenabled 1\n\tTARGET', '\tenabled 0\n\tTARGET'));
      server.hangUp();
      await vi.waitFor(async () => { expect((await status()).targets).toEqual([]); });
      server.end('SIGTERM');
      expect(await server.exit).toBe(0);
      expect(await start('status', '--socket', place('s')).exit).toBe(3);
    });
  });

  it('says what is wrong with a configuration, and where', async () => {
    await withDirectory(async (place) => {
      await writeFile(place('scst.conf'), CONFIG.replace('LUN 0', 'HeaderDigest MD5\n\t\tLUN 0'));
      const check = start('check', place('scst.conf'));
      expect(await check.exit).toBe(1);
      expect(check.err()).toContain('scst.conf:11:16: error: HeaderDigest cannot be “MD5”');
      const serve = start('serve', '--config', place('scst.conf'), '--state', place('state'), '--socket', place('s'));
      expect(await serve.exit).toBe(1);
      await writeFile(place('scst.conf'), CONFIG);
      const good = start('check', place('scst.conf'));
      expect(await good.exit).toBe(0);
      expect(good.out()).toBe('iqn.2026-11.com.example:disks\n');
    });
  });

  it.each([
    [['serve', '--listen', 'nowhere'], 2, 'One is ADDRESS:PORT'],
    [['serve', '--grace', 'x'], 2, 'expected seconds'],
    [['fly'], 2, 'unknown command'],
    [[], 2, ''],
    [['--help'], 0, ''],
    [['--version'], 0, ''],
  ])('given %j ends with %d', async (words, exit, said) => {
    const run = start(...words);
    expect(await run.exit).toBe(exit);
    expect(run.err()).toContain(said);
  });
});
