import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { whyNotOnKernel } from './not-on-kernel.js';
import { findRecordings, readRecording } from './recording.js';

const RECORDINGS = fileURLToPath(new URL('../../fixtures/recordings/', import.meta.url));

describe('whyNotOnKernel', () => {
  it('leaves out what keeps SCST from being unloaded, or depends on what its memory held, and nothing else', async () => {
    const left = new Map<string, string>();
    for (const file of await findRecordings([RECORDINGS])) {
      const reason = whyNotOnKernel(await readRecording(file));
      if (reason !== undefined) left.set(basename(file).replace(/\.jsonl\.gz$/u, ''), reason);
    }
    expect([...left.keys()].sort()).toEqual(['ro-write-lba-order', 'ua-lun-replace', 'unmap-blockio-thin-512', 'unmap-fileio-thin-512']);
    expect(left.get('ro-write-lba-order')).toContain('ACA ACTIVE');
    expect(left.get('unmap-blockio-thin-512')).toContain('UNMAP');
  });
});
