import { defineConfig } from 'tsup';
import { script } from '../tsup.base.js';

export default defineConfig(
  script({
    conformance: 'src/iscsi/conformance.ts',
    replay: 'src/replay/cli.ts',
    fuzz: 'src/replay/fuzz/cli.ts',
    'mount-user': 'src/mount/user.ts',
    vm: 'src/vm/cli.ts',
  }),
);
