import { HostTree } from '@scst/sysfs';
import { standardMemoryTree, treeCompliance } from '@scst/sysfs/compliance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { mountingProblem, mountpoint } from '../test-support/mounting.js';
import { mount, type Mount } from './mount.js';

const problem = await mountingProblem();

/** What programs see through the mount is the contract of trees: memory, kernel protocol, VFS, node:fs and back. */
describe.skipIf(problem !== undefined)('a mounted tree, read and written through the file system', () => {
  let mounted: Mount;
  let place: { directory: string; remove(): Promise<void> };

  beforeAll(async () => {
    place = await mountpoint();
    mounted = await mount(standardMemoryTree(), place.directory);
  });

  afterAll(async () => {
    await mounted.unmount();
    await place.remove();
  });

  for (const { name, run } of treeCompliance({ create: () => ({ tree: new HostTree({ root: mounted.directory }) }) })) it(name, run);
});
