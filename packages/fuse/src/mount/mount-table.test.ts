import { topmostAt } from '@scst/sysfs';
import { describe, expect, it } from 'vitest';
import { readMountTable } from './mount-table.js';

describe('the mount table', () => {
  it.skipIf(process.platform !== 'linux')('of this machine has a root', async () => {
    expect(topmostAt(await readMountTable(), '/')).toBeDefined();
  });
});
