import type { OperationOptions } from '../tree.js';

/**
 * Loading and unloading SCST's modules: the control that stands beside the tree, since modules make the tree. The kernel's
 * module loader is one implementation; a user-space SCST, whose modules are parts of itself, is another.
 *
 * Errors are `SysfsError`s whose `operation` is `load`, `unload` or `info` and whose `path` is the module's name.
 */
export interface ModuleControl {
  /**
   * Loads a module (SPEC 13).
   *
   * @param parameters Module parameters as text; those the module does not know are ignored, as by the kernel.
   * @throws SysfsError `EEXIST` when it is loaded already, `ENOENT` when there is none of that name or one it needs is missing,
   *   `EINVAL` for a parameter's bad value, `EPERM` without the privilege.
   */
  load(name: string, parameters?: ModuleParameters, options?: OperationOptions): Promise<void>;
  /**
   * Unloads a module and everything it made.
   *
   * @throws SysfsError `EAGAIN` (the kernel's EWOULDBLOCK) while another module uses it, `ENOENT` when it is not loaded, `EPERM`.
   */
  unload(name: string, options?: OperationOptions): Promise<void>;
  /** The modules of SCST that are loaded. */
  list(options?: OperationOptions): Promise<LoadedModule[]>;
  /**
   * What is known of a module, loaded or not.
   *
   * @throws SysfsError `ENOENT` when there is none of that name.
   */
  info(name: string, options?: OperationOptions): Promise<ModuleInfo>;
}

/** Parameters given to a module, by name, as the text after the `=`. */
export type ModuleParameters = Readonly<Record<string, string>>;

export interface LoadedModule {
  readonly name: string;
  /** `3.11.0-pre`; absent where the module tells none. */
  readonly version?: string | undefined;
  /** Modules that use this one and so keep it from being unloaded. */
  readonly usedBy: readonly string[];
}

export interface ModuleInfo {
  readonly name: string;
  readonly loaded: boolean;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: string | undefined;
  readonly license?: string | undefined;
  /** Modules that must be loaded before it. */
  readonly depends: readonly string[];
  readonly parameters: readonly ModuleParameterInfo[];
}

export interface ModuleParameterInfo {
  readonly name: string;
  /** The kernel's name of the type: `int`, `uint`, `bool`, `charp`. */
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  /** Value without a word from the user, where it is known. */
  readonly default?: string | undefined;
  /** Value now, of a loaded module whose parameter is readable. */
  readonly value?: string | undefined;
}

/** The modules of SCST's own distribution this project knows, in an order in which they can be loaded. */
export const SCST_MODULES = [
  'scst',
  'scst_vdisk',
  'scst_disk',
  'scst_cdrom',
  'scst_tape',
  'scst_changer',
  'scst_modisk',
  'scst_processor',
  'scst_raid',
  'scst_user',
  'scst_local',
] as const;
