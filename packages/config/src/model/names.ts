import { encodeName } from '@scst/sysfs';

/**
 * The attribute of a TARGET block that gives a session's TransportID: `session_transport_id "NAME HEXADECIMAL-BYTES"`, one per
 * session, after its `session_name`. It is an extension: scstadmin has nothing of the kind. It reads the line as an attribute
 * the target lacks, says so in a warning, and goes on.
 */
export const SESSION_TRANSPORT_ID = 'session_transport_id';

/** The largest LUN SCST takes (SPEC 5). */
export const MAX_LUN = 16383;

/** Most bytes of a TransportID: what a read gives back (SPEC 7). */
const MAX_TRANSPORT_ID = 4095;

/** True for hexadecimal bytes, with or without `0x`. */
export const isTransportId = (text: string): boolean => {
  const match = /^(?:0x)?((?:[0-9a-f]{2})+)$/iu.exec(text);
  return match?.[1] !== undefined && match[1].length <= 2 * MAX_TRANSPORT_ID;
};

/** True for a SCSI device's name, `H:C:I:L`. */
export const isScsiAddress = (name: string): boolean => /^\d+:\d+:\d+:\d+$/u.test(name);

/** The directory of an object: the tree shows `/` as `!` (SPEC 3.2). */
export const directoryName = (name: string): string => (name.includes('/') ? name.replace(/\//gu, '!') : name);

/**
 * The name of an object known by its directory only. A `!` nearly always stands for `/`: names that have it by themselves
 * cannot be told from those.
 */
export const trueName = (directory: string): string => (directory.includes('!') ? directory.replace(/!/gu, '/') : directory);

/** Why a name cannot be given to SCST, which has no quoting (SPEC 1.2); undefined when it can. */
export const nameProblem = (name: string): string | undefined => {
  if (name === '') return 'it is empty';
  // Nearly every name: checked without a copy.
  if (/^[!-<>-~]*$/u.test(name)) return undefined;
  const at = encodeName(name).findIndex((byte) => byte === 0 || byte === 0x3d || byte === 0xa0 || byte === 0x20 || (byte >= 9 && byte <= 13));
  if (at < 0) return undefined;
  const byte = encodeName(name)[at] ?? 0;
  const what = byte === 0x3d ? '“=”' : byte === 0xa0 ? 'the byte A0 (which also ends UTF-8 characters such as “à”)' : 'white space';
  return `SCST would cut it at ${what}`;
};
