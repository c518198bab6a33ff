import { joinPath, KERNEL_ROOT } from '@scst/sysfs';

/** A path below scst_tgt as people give it: relative to it, or from the machine's root as SCST's documentation has it. */
export const treePath = (path: string): string => {
  const inside = path === KERNEL_ROOT ? '' : path.startsWith(`${KERNEL_ROOT}/`) ? path.slice(KERNEL_ROOT.length) : path;
  return joinPath(inside);
};
