import { defineConfig } from 'vitest/config';
import base from '../vitest.base.js';

/**
 * The suite for the kernel's own SCST: one SCST, so one test at a time; a kernel's work takes its time on an emulated processor. It runs against
 * the built packages, which `npm run test:kernel` builds first.
 */
export default defineConfig({
  test: { ...base.test, include: ['src/kernel/**/*.kernel.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false, server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } }, isolate: false, slowTestThreshold: 10_000 },
});
