import { defineConfig } from 'vitest/config';
import base from '../vitest.base.js';

/** Suites of the virtual machine: emulated processors are slow, and the devices are for one at a time. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['src/**/*.vm.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false, slowTestThreshold: 10_000 },
});
