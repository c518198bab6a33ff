import { type ListedScsiDevice } from '@scst/scsi';

/** A SCSI device of the machine: what the initiator side made of one LUN of one session. Text fields are without trailing blanks. */
export interface ScsiDevice extends ListedScsiDevice {
  /** H:C:I:L. */
  readonly address: string;
  /** `/dev/bsg/H:C:I:L`; undefined where there is none. */
  readonly bsg?: string | undefined;
  /** As Linux calls it: `running`, `offline`, `blocked` …; undefined where the devices are not Linux's. */
  readonly state?: string | undefined;
  /** Milliseconds after which the kernel gives up on a command. */
  readonly timeout?: number | undefined;
  /** How many commands the kernel sends it at a time. */
  readonly queueDepth?: number | undefined;
  /** How many have it open through this SCST; undefined where it cannot tell. */
  readonly open?: number | undefined;
}

const NUMBERS = ['host', 'channel', 'id', 'lun', 'type', 'scsiLevel'];
const TEXTS = ['address', 'vendor', 'model', 'revision'];
const OPTIONAL_TEXTS = ['sg', 'node', 'bsg', 'state'];
const OPTIONAL_NUMBERS = ['timeout', 'queueDepth', 'open'];

/** Whether a value, come over a socket, is a {@link ScsiDevice}. */
export const isScsiDevice = (value: unknown): value is ScsiDevice => {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const are = (names: readonly string[], type: string, optional: boolean): boolean => names.every((name) => typeof fields[name] === type || (optional && fields[name] === undefined));
  return are(NUMBERS, 'number', false) && are(TEXTS, 'string', false) && are(OPTIONAL_TEXTS, 'string', true) && are(OPTIONAL_NUMBERS, 'number', true);
};

/** SCST's number of a LUN from Linux's, which shows the addressing method as well (SAM-6 4.7.7): flat space addressing sets bit 14. */
export const scstLun = (lun: number): number => (lun >= FLAT_SPACE && lun < 2 * FLAT_SPACE ? lun - FLAT_SPACE : lun);

const FLAT_SPACE = 0x4000;
