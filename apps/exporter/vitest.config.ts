import { mergeConfig } from 'vitest/config';
import base from '../../vitest.base.js';

/** Tests that start the program as a process run what was built of the sources for them. */
export default mergeConfig(base, { test: { globalSetup: ['src/test/build-program.ts'] } });
