import { join } from 'node:path';
import { SHARED } from '../../vm/initial-ram-disk.js';
import { type PlannedScript } from './plan.js';

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Shell that carries scripts out on the guest's own SCST; the recordings are left in the shared folder under their names. */
export const guestScript = ({ root, modules, scripts }: { root: string; modules: string; scripts: readonly PlannedScript[] }): string => {
  const replay = `${quote(process.execPath)} ${quote(join(root, 'e2e', 'dist', 'replay.js'))} --quiet --through kernel --jobs 1 --record ${SHARED}`;
  const part = (of: PlannedScript['of'], scan: string): string => `
printf %s ${scan} >/sys/module/scsi_mod/parameters/scan
[ ! -d /run/scripts/${of} ] || ${replay} /run/scripts/${of} || status=1
`;
  return `
mkdir -p /run/scst-modules /run/scripts /var/lib/scst/pr /var/lib/scst/vdev_mode_pages
${scripts.map(({ of, file, text }) => `mkdir -p /run/scripts/${of}; cat >/run/scripts/${of}/${quote(file)} <<'END-OF-SCRIPT'\n${text}END-OF-SCRIPT`).join('\n')}
find ${quote(modules)} -name '*.ko' -exec cp {} /run/scst-modules \\;
modprobe -a sg loop dlm crc-t10dif libcrc32c
# A kernel that has broken a thread goes on without it, and this would wait for its answer.
echo 1 >/proc/sys/kernel/panic_on_oops
export SCST_VM=1 SCST_MODULES=/run/scst-modules
status=0
${part('commands', 'manual')}${part('tree', 'sync')}
exit $status
`;
};
