import { readAttribute } from '@scst/sysfs';
import { directories, orGone } from '../paths.js';
import { type Scst } from '../scst.js';
import { type ScsiDevice, scstLun } from '../scsi-device.js';
import { type Session } from '../session.js';
import { type Target } from '../target.js';
import { type Finding } from './finding.js';

/** What is wrong with targets, and between their sessions and the SCSI devices that the machine made of them. */
export const checkSessions = async (scst: Scst, options: { signal?: AbortSignal | undefined }): Promise<Finding[]> => {
  const targets = (await Promise.all((await scst.drivers()).filter(({ name }) => name !== 'copy_manager').map((driver) => driver.targets()))).flat();
  const devices = await scst.scsiDevices(options);
  const findings = await Promise.all([...targets.map((target) => checkTarget(scst, target)), ...targets.map((target) => checkHosts(scst, target, devices))]);
  return [...findings.flat(), ...devices.flatMap(checkState), ...checkNodes(scst, devices)];
};

const checkTarget = async (scst: Scst, target: Target): Promise<Finding[]> => {
  const groups = (await orGone(() => target.groups())) ?? [];
  const sets = [{ path: target.path, luns: target.luns, what: `target ${target.name}` }, ...groups.map((group) => ({ path: group.path, luns: group.luns, what: `group ${group.name} of target ${target.name}` }))];
  const findings = await Promise.all(
    sets.map(async ({ path, luns, what }): Promise<Finding[]> => {
      const [numbers, hole] = await Promise.all([orGone(() => luns.list()), orGone(async () => (await readAttribute(scst.tree, `${path}/black_hole`)).value)]);
      const found: Finding[] = [];
      if (hole !== undefined && hole !== '0') {
        found.push({ code: 'black-hole', severity: 'warning', subject: path, message: `${what} is a black hole (${hole}): commands of its sessions are swallowed`, hint: `Write 0 to ${path}/black_hole.` });
      }
      if (numbers !== undefined && numbers.length > 0 && !numbers.some(({ number }) => number === 0)) {
        found.push({ code: 'no-lun-0', severity: 'note', subject: luns.path, message: `${what} has LUNs, but no LUN 0, which initiators expect`, hint: 'Give one of its devices the number 0.' });
      }
      return found;
    }),
  );
  return findings.flat();
};

const checkHosts = async (scst: Scst, target: Target, devices: readonly ScsiDevice[]): Promise<Finding[]> => {
  const sessions = (await orGone(() => target.sessions())) ?? [];
  return (await Promise.all(sessions.map((session) => checkHost(scst, session, devices)))).flat();
};

const checkHost = async (scst: Scst, session: Session, devices: readonly ScsiDevice[]): Promise<Finding[]> => {
  const [host, names] = await Promise.all([orGone(() => session.hostNumber()), orGone(() => directories(scst.tree, session.path))]);
  if (host === undefined || names === undefined) return [];
  const luns = new Set(names.flatMap((name) => (/^lun\d+$/u.test(name) ? [Number(name.slice(3))] : [])));
  const own = devices.filter((device) => device.host === host);
  const found = new Set(own.map(({ lun }) => scstLun(lun)));
  return [
    ...[...luns].filter((lun) => !found.has(lun)).map((lun): Finding => ({
      code: 'lun-not-found', severity: 'warning', subject: session.path,
      message: `the machine has found no SCSI device for LUN ${lun} of the session ${session.target.name}/${session.name} (host${host})`,
      hint: 'Check that its device answers, and see `dmesg`; writing “- - -” to the host’s `scan` has the kernel look again.',
    })),
    ...own.filter(({ lun }) => !luns.has(scstLun(lun))).map(({ address, lun }): Finding => ({
      code: 'device-left-over', severity: 'warning', subject: address,
      message: `the SCSI device ${address} is of LUN ${scstLun(lun)}, which the session ${session.target.name}/${session.name} does not see any more`,
      hint: `Write 1 to /sys/bus/scsi/devices/${address}/delete.`,
    })),
  ];
};

const checkState = ({ address, state }: ScsiDevice): Finding[] =>
  state === undefined || state === 'running' ? [] : [{ code: 'device-state', severity: 'warning', subject: address, message: `the SCSI device ${address} is not running: it is ${state}`, hint: `Once its cause is mended, write running to /sys/bus/scsi/devices/${address}/state.` }];

const checkNodes = (scst: Scst, devices: readonly ScsiDevice[]): Finding[] => {
  const without = devices.filter(({ sg }) => sg === undefined).map(({ address }) => address);
  return scst.kind === 'kernel' && without.length > 0
    ? [{ code: 'no-sg', severity: 'warning', subject: without.join(', '), message: `there ${without.length === 1 ? 'is no sg node of the SCSI device' : 'are no sg nodes of the SCSI devices'} ${without.join(', ')}: LUNs cannot be opened`, hint: 'modprobe sg' }]
    : [];
};
