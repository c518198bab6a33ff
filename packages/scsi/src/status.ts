import { STATUS } from './logical-unit.js';

const NAMES: Readonly<Record<number, string>> = {
  [STATUS.GOOD]: 'GOOD',
  [STATUS.CHECK_CONDITION]: 'CHECK CONDITION',
  [STATUS.CONDITION_MET]: 'CONDITION MET',
  [STATUS.BUSY]: 'BUSY',
  [STATUS.RESERVATION_CONFLICT]: 'RESERVATION CONFLICT',
  [STATUS.TASK_SET_FULL]: 'TASK SET FULL',
  [STATUS.ACA_ACTIVE]: 'ACA ACTIVE',
  [STATUS.TASK_ABORTED]: 'TASK ABORTED',
};

/** The name of a status code (SAM-6 5.3.1); `STATUS 22h` for one the standard does not name. */
export function statusName(status: number): string {
  return NAMES[status] ?? `STATUS ${status.toString(16).padStart(2, '0').toUpperCase()}h`;
}
