/** Steps of a recording of SCSI commands, as they stand in the file. */

/** How a backing file is filled: zeros, one byte, or byte i = (i + (i >> 9)) & 0xff. */
export type Fill = 'zero' | 'lba' | `byte:${string}`;

export interface RecordedFile {
  path: string;
  size: number;
  fill: Fill;
  /** `block`: stands for a block device with the properties below. */
  kind?: 'block';
  logicalBlockSize?: number;
  physicalBlockSize?: number;
  discardGranularity?: number;
  discardMaxBytes?: number;
}

export type RecordedWrite = [path: string, data: string] | [path: string, data: string, outcome: { errno: string }];

export interface CommandSetup {
  op: 'setup';
  name: string;
  area: string;
  about: string;
  files: RecordedFile[];
  sysfs: RecordedWrite[];
  sessions: { name: string; target: string }[];
}

export type CommandStep =
  | {
      op: 'cdb';
      session: string;
      lun: number;
      cdb: string;
      out: string | null;
      inLen: number;
      status: number;
      sense: string;
      in: string;
      resid: number;
      /** Bits of `in` to compare; absent: all. */
      mask?: string;
      senseMask?: string;
    }
  | { op: 'sysfs'; path: string; data?: string; hex?: string; errno?: string }
  | { op: 'file'; path: string; size?: number; offset?: number; hex?: string }
  | { op: 'reset'; session: string; lun: number; kind: 'lun' | 'target' }
  | { op: 'connect' | 'disconnect' | 'reconnect'; session: string; target: string }
  | { op: 'note'; text: string };

export type CdbStep = Extract<CommandStep, { op: 'cdb' }>;
