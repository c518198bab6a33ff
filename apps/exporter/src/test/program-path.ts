import { fileURLToPath } from 'node:url';

/** The program as it was built for the tests. */
export const PROGRAM = fileURLToPath(new URL('../../.test-build/bin/scst-exporter.cjs', import.meta.url));
