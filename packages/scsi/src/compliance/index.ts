/**
 * The contract of {@link LogicalUnit} as tests that any implementation can run, and a disk in memory for the tests of others.
 *
 * @example
 * import { describe, it } from 'node:test';
 * import { logicalUnitCompliance, MemoryDisk } from '@scst/scsi/compliance';
 *
 * describe('a disk in memory', () => {
 *   for (const { name, run } of logicalUnitCompliance(() => new MemoryDisk())) it(name, run);
 * });
 *
 * @packageDocumentation
 */
export { type ComplianceCase, logicalUnitCompliance, type LogicalUnitComplianceOptions } from './suite.js';
export type { ComplianceFeature } from './rule.js';
export { MemoryDisk, type MemoryDiskOptions } from './memory-disk.js';
