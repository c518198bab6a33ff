import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** What each example prints; a text must stand there as it is, a pattern must match. */
const PRINTED: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'create-a-disk': ['found SCST_FIO example_disk at 1:0:0:0', 'example_disk has 131072 blocks of 512 bytes', 'block 8: written through SCSI', 'cleared away'],
  'lun-masking': [
    'web-1: group web, LUN 0 = system, LUN 1 = data (REPORT LUNS: 2)',
    'web-2: group web, LUN 0 = system, LUN 1 = data (REPORT LUNS: 2)',
    'backup: group backup, LUN 0 = data, LUN 1 = backup (REPORT LUNS: 2)',
    /^stranger: group none, nothing/u,
    'stranger: group web',
  ],
  'own-store': ['through SCSI:  nobody reads this', 'in the file:   something else'],
  'user-space-driver': [
    'logged in: parcel:5001020304050607',
    'sessions: parcel:5001020304050607',
    'INQUIRY: 0 SCST_FIOdisk1           ',
    'LUN 5: LOGICAL UNIT NOT SUPPORTED',
    'LUNs added: 1',
    'targets left: scst_local_tgt',
  ],
  'metrics-in-express': ['shop_requests_total 1', 'scst_up 1', 'scst_target_sessions{driver="scst_local",target="scst_local_tgt"} 1'],
};

const ROOT = new URL('../', import.meta.url);

/** Tools leave folders of their own, with a dot before their names. */
const folders = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !['src', 'node_modules', 'dist'].includes(name) && statSync(new URL(name, ROOT)).isDirectory());

afterEach(() => {
  vi.restoreAllMocks();
});

describe('every example', () => {
  it('is run', () => {
    expect([...folders].sort()).toEqual(Object.keys(PRINTED).sort());
  });

  it.each(Object.entries(PRINTED))('%s does what it says', async (name, expected) => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => {
      printed.push(words.join(' '));
    });
    const [node = '', script = ''] = process.argv;
    vi.spyOn(process, 'argv', 'get').mockReturnValue([node, script]);
    await import(fileURLToPath(new URL(`${name}/main.mjs`, ROOT)));
    expect(printed.length).toBe(expected.length);
    for (const [index, line] of expected.entries()) {
      if (typeof line === 'string') expect(printed[index]).toBe(line);
      else expect(printed[index]).toMatch(line);
    }
  });
});
