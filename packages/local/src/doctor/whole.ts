import { SysfsError } from '@scst/sysfs';
import { type AskOptions, askPaths, PATIENCE } from '../answering/ask-paths.js';
import { isMountedTree, ownMounts } from '../answering/mounted-on.js';
import { orGone } from '../paths.js';
import { type Scst } from '../scst.js';
import { type Finding } from './finding.js';

/** What is wrong with the SCST as a whole. */
export const checkWhole = async (scst: Scst, options: AskOptions): Promise<Finding[]> => [...(await suspension(scst)), ...(await management(scst)), ...(await lostMounts(options)), ...privileges(scst)];

const suspension = async (scst: Scst): Promise<Finding[]> => {
  const count = await orGone(() => scst.attributes.get('suspend'));
  if (count === undefined || count === '0') return [];
  return [{ code: 'suspended', severity: 'warning', subject: 'suspend', message: `commands are suspended${count === '1' ? '' : `, ${count} times over`}: no session gets an answer`, hint: 'If nobody is at work on it, write -1 to “suspend”, once for each time.' }];
};

const management = async (scst: Scst): Promise<Finding[]> => {
  try {
    await scst.tree.read('last_sysfs_mgmt_res');
    return [];
  } catch (error) {
    if (!(error instanceof SysfsError) || error.code !== 'EAGAIN') throw error;
    return [{ code: 'management-busy', severity: 'note', subject: 'last_sysfs_mgmt_res', message: 'a management command is still at work', hint: 'Wait for it. One that never ends waits for somebody: a device that is open, or commands that are suspended.' }];
  }
};

/** A mount whose server was killed answers with ENOTCONN until it is taken away; one whose server has stopped does not answer at all. */
const lostMounts = async ({ timeout = PATIENCE, signal }: AskOptions): Promise<Finding[]> => {
  const mounts = (await ownMounts()).filter(isMountedTree).map(({ directory }) => directory);
  const answers = await askPaths(mounts, { timeout, signal });
  return [...answers].flatMap(([directory, answer]): Finding[] => {
    if (answer.state === 'silent') return [silentMount(directory, `the server of the tree mounted on ${directory} has not answered for ${timeout / 1000} s`)];
    if (answer.state === 'there' || answer.errno !== 'ENOTCONN') return [];
    return [{ code: 'stale-mount', severity: 'warning', subject: directory, message: `the tree mounted on ${directory} has lost its server`, hint: `umount -l ${directory}` }];
  });
};

/** A mount that does not answer. */
export const silentMount = (directory: string, message: string): Finding => ({
  code: 'silent-mount',
  severity: 'warning',
  subject: directory,
  message,
  hint: `Whoever looks there waits, perhaps for ever. Let its server go on (kill -CONT, if it was stopped), or take the mount away: umount -l ${directory}`,
});

const privileges = ({ kind }: Scst): Finding[] =>
  kind === 'kernel' && process.geteuid?.() !== 0 ? [{ code: 'not-root', severity: 'note', subject: 'this process', message: 'only root sees which processes have devices open, and the mounts of other users', hint: 'Run it as root.' }] : [];
