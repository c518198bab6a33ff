import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SgDevice } from './sg-device.js';

// What devices do is seen in the virtual machine: e2e/src/sg-io.
describe('SgDevice.open', () => {
  it('says what it cannot open, and why', async () => {
    await expect(SgDevice.open('/dev/no-such-sg')).rejects.toMatchObject({ code: 'NO_DEVICE', path: '/dev/no-such-sg', message: '/dev/no-such-sg cannot be opened: ENOENT' });
    await expect(SgDevice.open('/dev/null')).rejects.toMatchObject({ code: 'NOT_SG', message: '/dev/null is a node of another driver than sg and bsg' });
    const directory = mkdtempSync(join(tmpdir(), 'scst-sg-'));
    try {
      writeFileSync(join(directory, 'file'), '');
      await expect(SgDevice.open(join(directory, 'file'))).rejects.toMatchObject({ code: 'NOT_SG', hint: expect.stringContaining('/dev/sgN') as string });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('refuses options that cannot be', async () => {
    await expect(SgDevice.open('/dev/sg0', { depth: 0 })).rejects.toThrow('depth: expected an integer from 1 to 1024, not 0');
    await expect(SgDevice.open('/dev/sg0', { timeout: 0.5 })).rejects.toThrow('timeout: expected a positive integer of milliseconds, not 0.5');
  });
});
