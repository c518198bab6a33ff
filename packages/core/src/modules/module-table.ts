import { encodeName, type LoadedModule, type ModuleControl, type ModuleInfo, type ModuleParameters, SysfsError, toByteString } from '@scst/sysfs';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { type ModuleDefinition, ModuleValues } from './module.js';
import { parseParameter } from './parameter.js';

/** A module that is loaded. */
export interface LoadedDefinition {
  readonly definition: ModuleDefinition;
  readonly values: ModuleValues;
}

/** The modules of the core: which there are, which are loaded, and who uses whom (SPEC sysfs 13). */
export class ModuleTable implements ModuleControl {
  readonly #core: ScstCore;
  readonly #definitions = new Map<string, ModuleDefinition>();
  readonly #loaded = new Map<string, LoadedDefinition>();

  constructor(core: ScstCore, definitions: Iterable<ModuleDefinition>) {
    this.#core = core;
    for (const definition of definitions) this.register(definition);
  }

  /** Adds a module of the embedding program, or replaces one that is not loaded. */
  register(definition: ModuleDefinition): void {
    this.#definitions.set(definition.name, definition);
  }

  /** The modules that are loaded, in the order they were. */
  get loaded(): Iterable<LoadedDefinition> {
    return this.#loaded.values();
  }

  isLoaded(name: string): boolean {
    return this.#loaded.has(name);
  }

  /** The parameters of a loaded module. */
  values(name: string): ModuleValues | undefined {
    return this.#loaded.get(name)?.values;
  }

  /** A boolean parameter; false while the module is not loaded. */
  flag(module: string, parameter: string): boolean {
    return this.#loaded.get(module)?.values.flag(parameter) ?? false;
  }

  /** Loaded modules that use this one. */
  users(name: string): string[] {
    return [...this.#loaded.values()].filter(({ definition }) => definition.depends.includes(name)).map(({ definition }) => definition.name);
  }

  async load(name: string, parameters: ModuleParameters = {}): Promise<void> {
    await this.#perform('load', name, async () => {
      const definition = this.#definition(name);
      if (this.#loaded.has(name)) throw new ScstError('EEXIST', `module ${name} is loaded`);
      const missing = definition.depends.find((needed) => !this.#loaded.has(needed));
      if (missing !== undefined) throw new ScstError('ENOENT', `module ${name} needs ${missing}, which is not loaded`);
      const values = new ModuleValues(
        definition.parameters.map((parameter): [string, string] => {
          const given = parameters[parameter.name];
          return [parameter.name, parseParameter(parameter, given === undefined ? parameter.default : toByteString(encodeName(given)))];
        }),
      );
      this.#loaded.set(name, { definition, values });
      try {
        await definition.load(this.#core, values);
      } catch (error) {
        this.#loaded.delete(name);
        throw error;
      }
    });
  }

  async unload(name: string): Promise<void> {
    await this.#perform('unload', name, async () => {
      const loaded = this.#loaded.get(name);
      if (loaded === undefined) throw new ScstError('ENOENT', `module ${name} is not loaded`);
      const users = this.users(name);
      if (users.length > 0) throw new ScstError('EAGAIN', `module ${name} is used by ${users.join(', ')}`);
      await loaded.definition.unload(this.#core);
      this.#loaded.delete(name);
    });
  }

  /** Unloads all modules, the last loaded first. */
  async unloadAll(): Promise<void> {
    for (const name of [...this.#loaded.keys()].reverse()) await this.unload(name);
  }

  list(): Promise<LoadedModule[]> {
    return Promise.resolve(
      [...this.#loaded.values()].map(({ definition }) => ({ name: definition.name, version: definition.version, usedBy: this.users(definition.name) })),
    );
  }

  info(name: string): Promise<ModuleInfo> {
    return this.#perform('info', name, () => {
      const definition = this.#definition(name);
      const values = this.values(name);
      return Promise.resolve({
        name,
        loaded: values !== undefined,
        version: definition.version,
        description: definition.description,
        license: 'MIT',
        depends: definition.depends,
        parameters: definition.parameters.map((parameter) => ({
          name: parameter.name,
          type: parameter.type,
          description: parameter.description,
          default: parseParameter(parameter, parameter.default),
          value: values?.get(parameter.name),
        })),
      });
    });
  }

  #definition(name: string): ModuleDefinition {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new ScstError('ENOENT', `there is no module ${name}`);
    return definition;
  }

  async #perform<T>(operation: string, module: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ScstError)) throw error;
      throw new SysfsError({ operation, path: module, errno: error.code, reason: error.message, cause: error });
    }
  }
}
