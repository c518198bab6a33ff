/**
 * The contract of {@link SysfsTree} as tests that any implementation can run, and a tree in memory for the tests of others.
 *
 * ```js
 * import { standardMemoryTree, treeCompliance } from '@scst/sysfs/compliance';
 *
 * for (const { name, run } of treeCompliance({ create: () => ({ tree: standardMemoryTree() }) })) {
 *   await run(); // or it(name, run), with the test runner of your choice
 *   console.log('ok', name);
 * }
 * ```
 *
 * @packageDocumentation
 */
export { treeCompliance, type ComplianceCase, type TreeComplianceOptions, type TreeUnderTest } from './suite.js';
export type { CompliancePart } from './case.js';
export { AttributeRefusal, type MemoryAttribute } from './memory-nodes.js';
export { MemoryTree } from './memory-tree.js';
export { standardMemoryTree } from './standard-tree.js';
