import { type ModuleDefinition, TargetDriver } from '@scst/core';
import { mount } from '@scst/fuse';
import { createCore, serveCore } from '@scst/local';
import { subtree } from '@scst/sysfs';

/**
 * A machine with an SCST in user space where the kernel's would be: `sys/kernel` and `sys/module` of the core are mounted over
 * `/sys/kernel` and `/sys/module`, and its socket is served. Meant for a mount namespace of its own, see machine.ts.
 *
 * Usage: node server.mjs STATE SOCKET
 *
 * No module is loaded. `ready` on standard output says that all is there; it ends when standard input does.
 */
const main = async ([stateDirectory = '', socket = '']: readonly string[]): Promise<void> => {
  await using core = createCore({ stateDirectory });
  for (const definition of EMPTY_DRIVERS) core.modules.register(definition);
  const mounts = [];
  for (const folder of ['sys/kernel', 'sys/module']) mounts.push(await mount(subtree(core.system, folder), `/${folder}`, { allowNonEmpty: true }));
  const server = await serveCore(core, { socket });
  console.log('ready');
  await new Promise((resolve) => process.stdin.resume().once('close', resolve));
  await server.close();
  for (const mounted of mounts) await mounted.unmount();
};

/** A module whose target driver has no targets, as one without its hardware. SCST's own tests want some to be there. */
const emptyDriver = (module: string, name: string): ModuleDefinition => ({
  name: module,
  description: `Target driver ${name}, without targets`,
  depends: ['scst'],
  parameters: [],
  load: (core) => {
    core.drivers.set(name, new TargetDriver(core, { name }));
  },
  unload: (core) => {
    core.drivers.delete(name);
  },
});

const EMPTY_DRIVERS = [emptyDriver('iscsi_scst', 'iscsi'), emptyDriver('ib_srpt', 'ib_srpt')];

await main(process.argv.slice(2));
