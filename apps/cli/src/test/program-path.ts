import { fileURLToPath } from 'node:url';

/** The program as it was built for the tests. One directory below the package, as dist/ is, so that it finds its package.json. */
export const PROGRAM = fileURLToPath(new URL('../../.test-build/cli.js', import.meta.url));
