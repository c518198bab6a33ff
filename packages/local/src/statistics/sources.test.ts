import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelLunCounters } from './kernel-lun-counters.js';
import { LATENCY_FILES, parseLatency } from './latency.js';
import { lunKey } from './sample.js';

describe('a latency file', () => {
  it('sums up as its total says', () => {
    const text = 'state count min max avg stddev\nEXEC 4 10.0 50.0 25.5 3.0 us\ntotal 4 - - 25.5 3.0 us\n';
    expect(parseLatency(Buffer.from(text))).toEqual({ commands: 4, microseconds: 102 });
  });

  it('is nothing before the first command', () => {
    expect(parseLatency(Buffer.from('state count min max avg stddev\n'))).toEqual({ commands: 0, microseconds: 0 });
    expect(parseLatency(new Uint8Array(0))).toEqual({ commands: 0, microseconds: 0 });
  });

  it('is one of 44', () => {
    expect([LATENCY_FILES.length, LATENCY_FILES[0], LATENCY_FILES.at(-1)]).toEqual([44, 'n512', 'b524288']);
  });
});

describe('the kernel’s counters of LUNs', () => {
  it('are those of the block devices of the sessions’ hosts', async () => {
    const root = await mkdtemp(join(tmpdir(), 'scst-block-'));
    try {
      const disk = async (address: string, name: string, stat: string): Promise<void> => {
        await mkdir(join(root, address, 'block', name), { recursive: true });
        await writeFile(join(root, address, 'block', name, 'stat'), stat);
      };
      await disk('2:0:0:0', 'sda', '     100        5     2048      300       40        1      512       80        1      350      380        2        0        8        4        6        16\n');
      await disk('2:0:0:7', 'sdb', '1 0 8 2 0 0 0 0 0 2 2\n');
      await disk('3:0:0:0', 'sdc', '9 0 8 2 0 0 0 0 0 2 2\n');
      await mkdir(join(root, '2:0:0:9'));
      await mkdir(join(root, 'host2'));
      const found = await kernelLunCounters(root)([{ path: 'S', host: 2 }, { path: 'iscsi', host: undefined }]);
      expect(found).toEqual(
        new Map([
          [
            lunKey('S', 0),
            {
              read: { commands: 100, bytes: 1_048_576 },
              write: { commands: 40, bytes: 262_144 },
              other: { commands: 8, bytes: 0 },
              latency: { commands: 148, microseconds: 400_000 },
            },
          ],
          // Kernels before 4.18 have 11 fields.
          [lunKey('S', 7), { read: { commands: 1, bytes: 4096 }, write: { commands: 0, bytes: 0 }, other: { commands: 0, bytes: 0 }, latency: { commands: 1, microseconds: 2000 } }],
        ]),
      );
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
