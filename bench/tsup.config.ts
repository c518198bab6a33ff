import { defineConfig } from 'tsup';
import { script } from '../tsup.base.js';

export default defineConfig(
  script({ bench: 'src/bench.ts', 'idle-memory': 'src/idle-memory.ts', iscsi: 'src/iscsi/iscsi.ts', 'exporter-scraper': 'src/exporter-scraper.ts', 'sg-io-measured': 'src/sg-io-measured.ts' }),
);
