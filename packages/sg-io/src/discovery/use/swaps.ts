import { unescapeOctal } from '@scst/sysfs';
import { join } from 'node:path';
import { readText } from '../kernel-files.js';
import { type Machine } from '../roots.js';

/** The files and nodes the machine swaps to, as /proc/swaps has them. */
export const swapAreas = async (machine: Machine): Promise<string[]> =>
  ((await readText(join(machine.proc, 'swaps'))) ?? '')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name = ''] = line.split(/\s/u);
      return name === '' ? [] : [unescapeOctal(name).replace(/ \(deleted\)$/u, '')];
    });
