import { type ByteString } from '../bytes.js';

/** The line that marks a value an administration tool should save (SPEC sysfs 1.4). */
const KEY_MARK = '[key]\n';

/** What a write comes to: `Queued` work, a promise that resolves when it is done, or anything else: it is done. */
export type StoreResult = unknown;

/** A file of a directory, as a row of its table. `T` is the object the directory shows. */
export interface AttributeRow<T> {
  readonly name: ByteString;
  readonly mode: 0o644 | 0o444 | 0o200;
  /** The value: the file is the value, a newline, and perhaps the key mark. */
  readonly value?: (owner: T) => ByteString | number;
  /** When the key mark follows the value. Absent: never. */
  readonly key?: (owner: T) => boolean;
  /** The whole text, for files that have not the form of a value. */
  readonly text?: (owner: T) => ByteString;
  /** A write: text cut at the first NUL, never empty as written. Throws `ScstError` to refuse. */
  readonly store?: (owner: T, text: ByteString) => StoreResult;
  /** True: NULs reach `store`. */
  readonly raw?: boolean;
  /** True: reads go through the work queue, and need the core's lock. */
  readonly queuedRead?: boolean;
  /** True: neither what is read nor what is written is cut, as is the way of procfs. */
  readonly uncut?: boolean;
  /** The file is there only when this is true. Absent: always. */
  readonly when?: (owner: T) => boolean;
}

/** The text of a row, before it is cut to what a read gives. */
export const textOf = <T>(row: AttributeRow<T>, owner: T): ByteString => {
  if (row.text !== undefined) return row.text(owner);
  if (row.value === undefined) return '';
  return `${row.value(owner)}\n${row.key?.(owner) === true ? KEY_MARK : ''}`;
};

/** A flag as files show it. */
export const bit = (flag: boolean): 0 | 1 => (flag ? 1 : 0);
