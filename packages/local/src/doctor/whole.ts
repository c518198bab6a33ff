import { parseMountTable, SysfsError } from '@scst/sysfs';
import { readFile, statfs } from 'node:fs/promises';
import { orGone } from '../paths.js';
import { type Scst } from '../scst.js';
import { type Finding } from './finding.js';

/** What mounted trees are called in the mount table. */
const MOUNTED_TREE = 'fuse.scst';

/** What is wrong with the SCST as a whole. */
export const checkWhole = async (scst: Scst): Promise<Finding[]> => [...(await suspension(scst)), ...(await management(scst)), ...(await staleMounts()), ...privileges(scst)];

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

/** A mount whose server was killed answers with ENOTCONN until it is taken away. */
const staleMounts = async (): Promise<Finding[]> => {
  const table = parseMountTable(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
  const mounts = table.filter(({ type }) => type === MOUNTED_TREE).map(({ directory }) => directory);
  const stale = await Promise.all(mounts.map(async (directory) => ((await isStale(directory)) ? [directory] : [])));
  return stale.flat().map((directory) => ({ code: 'stale-mount', severity: 'warning', subject: directory, message: `the tree mounted on ${directory} has lost its server`, hint: `umount -l ${directory}` }));
};

const isStale = async (directory: string): Promise<boolean> =>
  await statfs(directory).then(() => false, (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOTCONN');

const privileges = ({ kind }: Scst): Finding[] =>
  kind === 'kernel' && process.geteuid?.() !== 0 ? [{ code: 'not-root', severity: 'note', subject: 'this process', message: 'only root sees which processes have devices open, and the mounts of other users', hint: 'Run it as root.' }] : [];
