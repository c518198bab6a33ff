import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    conformance: 'src/iscsi/conformance.ts',
    replay: 'src/replay/cli.ts',
    'mount-user': 'src/mount/user.ts',
    vm: 'src/vm/cli.ts',
  },
  format: ['esm'],
  dts: false,
  clean: true,
  target: 'node20',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
});
