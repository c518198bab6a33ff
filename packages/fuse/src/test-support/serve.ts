/**
 * A program that serves a tree, for tests of how processes end: `serve DIRECTORY [OPTIONS as JSON]`. Prints `ready` when mounted, and
 * then does what it reads from standard input: `unmount`, `exit STATUS`, `throw`.
 */
import { createInterface } from 'node:readline';
import { standardMemoryTree } from '@scst/sysfs/compliance';
import { FuseError, mount, type MountOptions } from '../index.js';

const [directory = '', options = '{}'] = process.argv.slice(2);

const serve = async (): Promise<void> => {
  const tree = standardMemoryTree();
  // An attribute whose writers wait for ever.
  tree.file('wait', { store: () => new Promise(() => undefined) });
  const mounted = await mount(tree, directory, JSON.parse(options) as MountOptions);
  process.stdout.write('ready\n');
  createInterface(process.stdin).on('line', (line) => {
    const [command, status] = line.split(' ');
    if (command === 'unmount') {
      void mounted.unmount({ graceMilliseconds: 0 }).then(() => {
        process.stdin.destroy();
      });
    } else if (command === 'exit') process.exit(Number(status));
    else throw new Error('thrown on purpose');
  });
};

serve().catch((error: unknown) => {
  process.stderr.write(error instanceof FuseError ? error.code : String(error));
  process.exitCode = 1;
});
