import { treeCompliance } from '@scst/sysfs/compliance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ScstCore } from '../core.js';

describe('the tree of a core keeps the contract of SysfsTree', () => {
  const core = new ScstCore({ profile: 'recorded', scan: 'manual' });

  beforeAll(async () => {
    for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module);
  });

  afterAll(() => core.close());

  for (const { name, run } of treeCompliance({ create: () => ({ tree: core.tree }) })) it(name, run);
});
