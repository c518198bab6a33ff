import type { ByteString } from '../bytes.js';
import type { ControlParameters } from './mode-parameters.js';

/** What a file of saved mode pages holds; what is not in it is at its default. */
export interface SavedPages {
  readonly control: Partial<ControlParameters>;
  readonly writeThrough?: boolean;
}

/** A parameter as it stands in the file: `LABEL=number`. */
interface Entry {
  readonly label: string;
  /** The number to write; null while the parameter is at its default. */
  readonly write: (values: { control: ControlParameters; writeThrough: boolean }, defaults: ControlParameters) => number | null;
  readonly read: (value: number) => SavedPages | undefined;
}

type Flag = 'reportsAborted' | 'tmfOnly' | 'softwareWriteProtect' | 'descriptorSense' | 'dpicz';

const flag = (label: string, key: Flag): Entry => ({
  label,
  write: ({ control }, defaults) => (control[key] === defaults[key] ? null : Number(control[key])),
  read: (value) => (value > 1 ? undefined : { control: { [key]: value === 1 } }),
});

const ENTRIES: readonly Entry[] = [
  flag('TAS', 'reportsAborted'),
  {
    label: 'QERR',
    write: ({ control }, defaults) => (control.queueError === defaults.queueError ? null : control.queueError),
    read: (value) => (value === 0 || value === 1 || value === 3 ? { control: { queueError: value } } : undefined),
  },
  flag('TMF_ONLY', 'tmfOnly'),
  flag('SWP', 'softwareWriteProtect'),
  flag('D_SENSE', 'descriptorSense'),
  flag('DPICZ', 'dpicz'),
  {
    label: 'QUEUE_ALG',
    write: ({ control }, defaults) => (control.queueAlgorithm === defaults.queueAlgorithm ? null : control.queueAlgorithm),
    read: (value) => (value === 0 || value === 1 ? { control: { queueAlgorithm: value } } : undefined),
  },
  {
    label: 'WRITE_THROUGH',
    write: ({ writeThrough }) => (writeThrough ? 1 : null),
    read: (value) => (value > 1 ? undefined : { control: {}, writeThrough: value === 1 }),
  },
];

/**
 * The state file of saved mode pages, `vdev_mode_pages/DEVICE`: a first line with the name of the device, then a line for each
 * parameter that is not at its default. The kernel's SCST reads and writes the same.
 */
export const savedPagesFile = {
  /** Null: everything is at its default, and there is no file. */
  encode(name: ByteString, values: { control: ControlParameters; writeThrough: boolean }, defaults: ControlParameters): Uint8Array | null {
    let lines = '';
    for (const { label, write } of ENTRIES) {
      const value = write(values, defaults);
      if (value !== null) lines += `${label}=${value}\n`;
    }
    return lines === '' ? null : Uint8Array.from(`${name}\n${lines}`, (character) => character.charCodeAt(0));
  },

  /** A file that is not of this device holds nothing; lines that make no sense are passed over. */
  decode(name: ByteString, file: Uint8Array): SavedPages {
    const [signature, ...lines] = Array.from(file, (byte) => String.fromCharCode(byte)).join('').split('\n');
    let pages: SavedPages = { control: {} };
    if (signature !== name) return pages;
    for (const line of lines) {
      const [label, value] = line.split('=');
      if (label === undefined || value === undefined || !/^\d+$/.test(value)) continue;
      const read = ENTRIES.find((entry) => entry.label === label.toUpperCase())?.read(Number(value));
      if (read !== undefined) pages = { ...pages, ...read, control: { ...pages.control, ...read.control } };
    }
    return pages;
  },
};
