import { connect } from '@scst/remote';
import { SysfsError } from '@scst/sysfs';

/**
 * modprobe(8) of the machine behind a socket, as far as SCST's tools call it: `modprobe NAME [PARAMETER=VALUE…]`, `modprobe -r NAME`.
 * Dependencies are loaded first, and a module that is loaded already is no error.
 *
 * Usage: node modprobe.mjs SOCKET [-r] NAME [PARAMETER=VALUE…]
 */
const main = async ([socket = '', ...words]: readonly string[]): Promise<void> => {
  const remove = words[0] === '-r';
  const [file = '', ...assignments] = remove ? words.slice(1) : words;
  const name = file.replaceAll('-', '_');
  const connection = await connect(socket);
  try {
    const { modules } = connection;
    if (modules === undefined) throw new Error('the server does not serve its modules');
    const loaded = new Set((await modules.list()).map((module) => module.name));
    if (remove) {
      if (loaded.has(name)) await modules.unload(name);
      return;
    }
    for (const needed of name === 'scst' ? [name] : ['scst', name]) {
      if (!loaded.has(needed)) await modules.load(needed, needed === name ? parameters(assignments) : {});
    }
  } finally {
    await connection.close();
  }
};

const parameters = (assignments: readonly string[]): Record<string, string> =>
  Object.fromEntries(assignments.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));

await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`modprobe: ${error instanceof SysfsError ? error.code : String(error)}\n`);
  process.exitCode = 1;
});
