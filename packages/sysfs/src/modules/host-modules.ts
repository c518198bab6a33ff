import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrnoName } from '../errno.js';
import { SysfsError } from '../errors.js';
import { interrupted } from '../interrupt.js';
import type { OperationOptions } from '../tree.js';
import { CommandTextError } from '../mgmt/text-error.js';
import { SCST_MODULES, type LoadedModule, type ModuleControl, type ModuleInfo, type ModuleParameterInfo, type ModuleParameters } from './module-control.js';
import { parseModinfo } from './modinfo.js';
import { run, type ProgramResult } from './run.js';

export interface HostModulesOptions {
  /** The programs to use. Default: `modprobe`, `rmmod` and `modinfo`, found through PATH. */
  programs?: { modprobe?: string | undefined; rmmod?: string | undefined; modinfo?: string | undefined } | undefined;
  /** Where the kernel shows loaded modules. Default: `/sys/module`. */
  sysModule?: string | undefined;
}

/** strerror(3)'s words in the tools' messages, and what each tool says in words of its own. */
const MESSAGES: readonly (readonly [RegExp, ErrnoName])[] = [
  [/Operation not permitted|Permission denied/iu, 'EPERM'],
  [/Module already in kernel|File exists/iu, 'EEXIST'],
  [/not found|No such file or directory|Unknown symbol|not currently loaded|No such device or address/iu, 'ENOENT'],
  [/is in use|Resource temporarily unavailable/iu, 'EAGAIN'],
  [/Invalid argument|Invalid parameters/iu, 'EINVAL'],
  [/Numerical result out of range/iu, 'ERANGE'],
  [/Exec format error|Invalid module format/iu, 'ENOEXEC'],
  [/Key was rejected|Required key not available/iu, 'EKEYREJECTED'],
  [/Cannot allocate memory/iu, 'ENOMEM'],
  [/Device or resource busy/iu, 'EBUSY'],
  [/No such device/iu, 'ENODEV'],
];

const HINTS: Partial<Record<ErrnoName, string>> = {
  EPERM: 'Loading and unloading kernel modules needs root (CAP_SYS_MODULE).',
  EEXIST: 'The module is loaded; unload it first to give it other parameters.',
  ENOENT: 'Install SCST’s modules for the running kernel (depmod must have seen them), or check that the module is loaded.',
  EAGAIN: 'Unload the modules that use it first: target drivers and device handlers before scst.',
  EINVAL: 'Check the parameters’ values; the kernel’s log tells more (dmesg).',
  ENOEXEC: 'The module was built for another kernel; build SCST for the running one.',
  EKEYREJECTED: 'The kernel takes signed modules only (Secure Boot): sign the module with a key the machine knows.',
};

/** The kernel's modules, through modprobe(8), rmmod(8), modinfo(8) and `/sys/module`. Programs are started without a shell. */
export class HostModules implements ModuleControl {
  readonly #programs: { modprobe: string; rmmod: string; modinfo: string };
  readonly #sysModule: string;

  constructor({ programs = {}, sysModule = '/sys/module' }: HostModulesOptions = {}) {
    this.#programs = { modprobe: programs.modprobe ?? 'modprobe', rmmod: programs.rmmod ?? 'rmmod', modinfo: programs.modinfo ?? 'modinfo' };
    this.#sysModule = sysModule;
  }

  async load(name: string, parameters: ModuleParameters = {}, { signal }: OperationOptions = {}): Promise<void> {
    checkName(name, 'module name');
    const assignments = Object.entries(parameters).map(([parameter, value]) => {
      checkName(parameter, 'parameter name');
      return `${parameter}=${quoted(value)}`;
    });
    // --first-time: a module that is loaded already is an error, since the parameters would not take effect.
    await this.#run('load', name, this.#programs.modprobe, ['--first-time', '--', name, ...assignments], signal);
  }

  async unload(name: string, { signal }: OperationOptions = {}): Promise<void> {
    checkName(name, 'module name');
    await this.#run('unload', name, this.#programs.rmmod, ['--', name], signal);
  }

  async list(): Promise<LoadedModule[]> {
    const names = new Set<string>();
    for (const name of SCST_MODULES) {
      if (await this.#isLoaded(name)) names.add(name);
    }
    // Target drivers that are not of SCST_MODULES use scst, and so stand among its holders.
    for (const holder of names.has('scst') ? await this.#names('scst/holders') : []) names.add(holder);
    return await Promise.all(
      [...names].map(async (name) => ({ name, version: await this.#text(`${name}/version`), usedBy: await this.#names(`${name}/holders`) })),
    );
  }

  async info(name: string, { signal }: OperationOptions = {}): Promise<ModuleInfo> {
    checkName(name, 'module name');
    const loaded = await this.#isLoaded(name);
    const fields = await this.#modinfo(name, loaded, signal);
    const values = loaded ? await this.#values(name) : new Map<string, string>();
    const described = new Set(fields.parameters.map((parameter) => parameter.name));
    const others = [...values.keys()].filter((parameter) => !described.has(parameter)).map((parameter): ModuleParameterInfo => ({ name: parameter }));
    return {
      ...fields,
      name,
      loaded,
      version: fields.version ?? (await this.#text(`${name}/version`)),
      parameters: [...fields.parameters, ...others].map((parameter) => ({ ...parameter, value: values.get(parameter.name) })),
    };
  }

  /** A loaded module is known by what the kernel shows of it, even where modinfo or the module's file is missing. */
  async #modinfo(name: string, loaded: boolean, signal: AbortSignal | undefined): Promise<ReturnType<typeof parseModinfo>> {
    try {
      const { stdout } = await this.#run('info', name, this.#programs.modinfo, ['-0', '--', name], signal);
      return parseModinfo(stdout);
    } catch (error) {
      if (loaded && signal?.aborted !== true) return parseModinfo('');
      throw error;
    }
  }

  async #run(operation: string, path: string, program: string, args: readonly string[], signal: AbortSignal | undefined): Promise<ProgramResult> {
    const result = await run(program, args, signal).catch((error: unknown) => {
      if (signal?.aborted === true) throw interrupted(signal, { operation, path });
      throw new SysfsError({ operation, path, errno: 'ENOSYS', reason: `${program} cannot be run`, hint: 'Install kmod.', cause: error });
    });
    if (result.code === 0) return result;
    const said = result.stderr.trim();
    const errno = MESSAGES.find(([message]) => message.test(said))?.[1] ?? 'EIO';
    throw new SysfsError({
      operation,
      path,
      errno,
      reason: said === '' ? `${program} ended with ${result.code ?? 'a signal'}` : said,
      hint: HINTS[errno],
    });
  }

  async #isLoaded(name: string): Promise<boolean> {
    // Parameters of code that is built into the kernel have a directory as well, but no state.
    return (await this.#text(`${name}/initstate`)) === 'live';
  }

  async #values(name: string): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    for (const parameter of await this.#names(`${name}/parameters`)) {
      const value = await this.#text(`${name}/parameters/${parameter}`);
      if (value !== undefined) values.set(parameter, value);
    }
    return values;
  }

  async #names(directory: string): Promise<string[]> {
    const names = await readdir(join(this.#sysModule, kernelName(directory))).catch(() => []);
    return names.sort();
  }

  async #text(file: string): Promise<string | undefined> {
    const text = await readFile(join(this.#sysModule, kernelName(file)), 'utf8').catch(() => undefined);
    return text?.replace(/\n$/u, '');
  }
}

/** The kernel shows every `-` of a module's name as `_`; no other part of these paths has one. */
const kernelName = (file: string): string => file.replaceAll('-', '_');

/** A value as the kernel's parser of parameters takes it: white space in double quotes, for which there is no escaping. */
const quoted = (value: string): string => {
  if (/["\0]/u.test(value)) throw new CommandTextError('a module parameter’s value cannot contain a double quote or NUL', { text: value });
  return /\s/u.test(value) ? `"${value}"` : value;
};

/** A module's or parameter's name becomes an argument and a part of a path, so it is a plain word. */
const checkName = (name: string, role: string): void => {
  if (!/^\w[\w-]*$/u.test(name)) throw new CommandTextError(`the ${role} ${JSON.stringify(name)} is not one`, { text: name });
};
