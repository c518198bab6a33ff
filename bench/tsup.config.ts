import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { bench: 'src/bench.ts', 'idle-memory': 'src/idle-memory.ts', iscsi: 'src/iscsi/iscsi.ts', 'exporter-scraper': 'src/exporter-scraper.ts', 'sg-io-measured': 'src/sg-io-measured.ts' },
  format: ['esm'],
  dts: false,
  clean: true,
  target: 'node20',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
});
