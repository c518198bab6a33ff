/**
 * The contract of {@link SysfsTree} as tests that any implementation can run, and a tree in memory for the tests of others.
 *
 * @example
 * import { describe, it } from 'node:test';
 * import { standardMemoryTree, treeCompliance } from '@scst/sysfs/compliance';
 *
 * describe('a tree in memory', () => {
 *   for (const { name, run } of treeCompliance({ create: () => ({ tree: standardMemoryTree() }) })) it(name, run);
 * });
 *
 * @packageDocumentation
 */
export { treeCompliance, type ComplianceCase, type TreeComplianceOptions, type TreeUnderTest } from './suite.js';
export type { CompliancePart } from './case.js';
export { AttributeRefusal, type MemoryAttribute } from './memory-nodes.js';
export { MemoryTree } from './memory-tree.js';
export { standardMemoryTree } from './standard-tree.js';
