import { commandRowOf, STATUS } from '@scst/scsi';
import { type CommandSetup, type CommandStep } from './command-steps.js';
import { type CommandRecording, type Recording } from './recording.js';

const UNMAP = 0x42;

/** Bytes of an UNMAP parameter list behind its lengths, SBC-4 5.35.2: the second length counts block descriptors. */
const UNMAP_HEADER = 8;

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/** Data-out that meets ACA ACTIVE: the command, and with it its device, stays for ever. */
const isStuck = (step: CommandStep): boolean => step.op === 'cdb' && step.status === STATUS.ACA_ACTIVE && commandRowOf(bytes(step.cdb))?.direction === 'out';

const replacesLater = (steps: readonly CommandStep[]): boolean => {
  const at = steps.findIndex((step) => step.op === 'sysfs' && step.path === 'async_lun_replace' && step.data?.trim() === '1');
  return at >= 0 && steps.slice(at).some((step) => step.op === 'sysfs' && step.path.endsWith('luns/mgmt') && step.data?.startsWith('replace') === true);
};

const isCutShort = (step: CommandStep): boolean => {
  if (step.op !== 'cdb' || step.out === null) return false;
  const [cdb, list] = [Buffer.from(step.cdb, 'hex'), Buffer.from(step.out, 'hex')];
  return cdb[0] === UNMAP && list.length >= 4 && list.readUInt16BE(2) + UNMAP_HEADER > Math.min(list.length, cdb.readUInt16BE(7));
};

const isThin = ({ sysfs }: CommandSetup): boolean => sysfs.some(([, data]) => data.includes('thin_provisioned=1'));

const whyNotCommands = ({ setup, steps }: CommandRecording): string | undefined => {
  if (steps.some(isStuck)) return 'data-out that meets ACA ACTIVE keeps SCST’s device for ever, and SCST could not be unloaded for the next recording (SPEC scsi 18)';
  if (replacesLater(steps)) return 'a LUN replaced with async_lun_replace keeps SCST’s device for ever, and SCST could not be unloaded for the next recording (SPEC scsi 18)';
  if (isThin(setup) && steps.some(isCutShort)) return 'SCST frees the blocks that an UNMAP list cut short seems to name, which depends on what its memory held before';
  return undefined;
};

/** Why a recording cannot be replayed on the kernel's own SCST, by what is in it; or undefined. */
export const whyNotOnKernel = (recording: Recording): string | undefined => (recording.kind === 'commands' ? whyNotCommands(recording) : undefined);
