import { defineConfig } from 'vitest/config';
import base from '../vitest.base.js';

/**
 * Suites of the virtual machine: emulated processors are slow, and the devices are for one at a time. They run against the built packages
 * (`npm run build`), since under emulation it takes minutes to translate the sources.
 */
export default defineConfig({
  test: { ...base.test, include: ['src/**/*.vm.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false, server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } }, slowTestThreshold: 10_000 },
});
