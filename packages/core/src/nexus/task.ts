export type { ScsiTask } from '@scst/scsi';
