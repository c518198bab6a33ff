import { type ScstCore } from '../core.js';
import { type ModuleParameter } from './parameter.js';

/** What is known of a module before it is loaded. */
export interface ModuleDefinition {
  readonly name: string;
  readonly description: string;
  readonly version?: string;
  /** Modules that must be loaded before it, and stay while it is. */
  readonly depends: readonly string[];
  readonly parameters: readonly ModuleParameter[];
  /** Brings in what the module makes. Throws to refuse. */
  load(core: ScstCore, values: ModuleValues): void | Promise<void>;
  /** Takes away everything the module made. */
  unload(core: ScstCore): void | Promise<void>;
}

/** Parameters of a loaded module as their files show them. */
export class ModuleValues {
  readonly #values: Map<string, string>;

  constructor(values: Iterable<readonly [string, string]>) {
    this.#values = new Map(values);
  }

  get(name: string): string {
    return this.#values.get(name) ?? '';
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  flag(name: string): boolean {
    return this.get(name) === 'Y';
  }

  number(name: string): number {
    return Number(this.get(name));
  }
}
