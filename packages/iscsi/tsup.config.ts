import { defineConfig } from 'tsup';
import { library } from '../../tsup.base.js';

// The CJS build finds the native CRC by its own import.meta.url.
export default defineConfig({ ...library({ index: 'src/index.ts' }), shims: true });
