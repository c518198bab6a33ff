import { type Scst } from '../scst.js';
import { checkDevices } from './devices.js';
import { type Finding } from './finding.js';
import { checkSessions } from './sessions.js';
import { checkWhole } from './whole.js';

const ORDER = ['error', 'warning', 'note'] as const;

export interface DiagnoseOptions {
  /** Milliseconds that mounts and files have to answer before they are told of as silent. Default: 5000. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks for what is unhealthy in an SCST and on its machine, and changes nothing. First of all for what SCST's guide warns of: file systems, swap
 * and stacked devices on SCST devices of other handlers than vdisk_blockio and the pass-through ones, which can deadlock the machine's memory.
 * A server that does not answer keeps it waiting no longer than the timeout.
 *
 * @returns What was found, the worst first.
 */
export const diagnose = async (scst: Scst, options: DiagnoseOptions = {}): Promise<Finding[]> => {
  // First, since SCST counts some of the reads of the others as commands that are at work.
  const whole = await checkWhole(scst, options);
  const isBusy = whole.some(({ code }) => code === 'management-busy');
  const findings = [...whole, ...(await Promise.all([checkDevices(scst, { ...options, isBusy }), checkSessions(scst, options)])).flat()];
  return ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
};
