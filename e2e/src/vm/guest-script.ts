import { join } from 'node:path';
import { SHARED } from './initial-ram-disk.js';
import type { Suite } from './suite.js';

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Shell that hands environment variables of the host on. */
export const exportAll = (names: readonly string[]): string =>
  names.map((name) => `export ${name}=${quote(process.env[name] ?? '')}\n`).join('');

/** Shell that loads a module of the kernel by name, or a file of the caller's own. */
const load = (module: string): string => (module.endsWith('.ko') ? `insmod ${quote(module)}` : `modprobe ${quote(module)}`);

const runner = (root: string, suite: Suite): string =>
  suite.file.endsWith('.mjs')
    ? `${quote(process.execPath)} ${quote(suite.file)}`
    : `${quote(process.execPath)} ${quote(join(root, 'node_modules', 'vitest', 'vitest.mjs'))} run --config vitest.vm.config.ts ${quote(suite.file)}`;

/** Runs suites one after another; each leaves `N.status` and the kernel's messages in `N.kernel`. */
export const suitesScript = (root: string, suites: readonly Suite[]): string => `cd ${quote(join(root, 'e2e'))}
export SCST_VM=1 CI=1 NO_COLOR=1 TERM=dumb
${suites
  .map(
    (suite, index) => `
echo; echo "== ${suite.name}"
echo ${index} >${SHARED}/running
dmesg -C
(${exportAll(suite.needs)}
${suite.modules.map((module) => `${load(module)} || exit 125`).join('\n')}
timeout -k 5 ${suite.timeout} ${runner(root, suite)})
echo $? >${SHARED}/${index}.status
dmesg >${SHARED}/${index}.kernel
`,
  )
  .join('')}
rm ${SHARED}/running
`;
