/**
 * Modules and all that they depend on, in the order in which they can be loaded, as paths within the kernel's folder of modules.
 * `dependencies` is the text of `modules.dep`. A module that is not in it is part of the kernel itself and left out.
 */
export const moduleOrder = (dependencies: string, names: readonly string[]): string[] => {
  const needed = new Map<string, string[]>();
  for (const line of dependencies.split('\n')) {
    const [path, needs] = line.split(':');
    if (path === undefined || needs === undefined) continue;
    // A line names every dependency, the direct ones first: loaded from its end, each finds what it needs.
    needed.set(moduleName(path), [...needs.split(' ').filter((word) => word !== '').reverse(), path]);
  }
  return [...new Set(names.flatMap((name) => needed.get(moduleName(name)) ?? []))];
};

/** `kernel/drivers/scsi/scsi-mod.ko` → `scsi_mod`. */
export const moduleName = (path: string): string => (path.split('/').at(-1) ?? path).replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');
