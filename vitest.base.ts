import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('./packages/', import.meta.url));

/** Tests run against the sources of every package of the repository, not against what was last built. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@scst\/(sysfs|scsi)\/compliance$/, replacement: `${packages}$1/src/compliance/index.ts` },
      { find: /^@scst\/([a-z-]+)$/, replacement: `${packages}$1/src/index.ts` },
    ],
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for comes at once, but on a busy machine.
    expect: { poll: { timeout: 15_000 } },
  },
});
