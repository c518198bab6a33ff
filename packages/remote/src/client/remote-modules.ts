import { encodeName, type LoadedModule, type ModuleControl, type ModuleInfo, type ModuleParameters, type OperationOptions } from '@scst/sysfs';
import { encodePart } from '../protocol/path.js';
import { loadedModulesOf, moduleInfoOf } from './answers.js';
import { sysfsCall } from './sysfs-call.js';
import type { Transport } from './transport.js';

/** The modules of the SCST behind a socket. */
export class RemoteModules implements ModuleControl {
  readonly #transport: Transport;

  /** @internal Made by connect(). */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async load(name: string, parameters: ModuleParameters = {}, { signal }: OperationOptions = {}): Promise<void> {
    const body = [encodeName(JSON.stringify({ parameters }))];
    await sysfsCall({ operation: 'load', path: name }, signal, () => this.#transport.json({ method: 'POST', path: place(name), pool: 'writes', body, signal }));
  }

  async unload(name: string, { signal }: OperationOptions = {}): Promise<void> {
    await sysfsCall({ operation: 'unload', path: name }, signal, () => this.#transport.json({ method: 'DELETE', path: place(name), pool: 'writes', signal }));
  }

  list({ signal }: OperationOptions = {}): Promise<LoadedModule[]> {
    return sysfsCall({ operation: 'list', path: 'modules' }, signal, async () =>
      loadedModulesOf(await this.#transport.json({ method: 'GET', path: '/modules', pool: 'reads', signal })),
    );
  }

  info(name: string, { signal }: OperationOptions = {}): Promise<ModuleInfo> {
    return sysfsCall({ operation: 'info', path: name }, signal, async () =>
      moduleInfoOf(await this.#transport.json({ method: 'GET', path: place(name), pool: 'reads', signal })),
    );
  }
}

const place = (name: string): string => `/modules/${encodePart(name)}`;
