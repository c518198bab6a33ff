import { fromByteString } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';

/** How an id of hex digits is formed: how many digits it may have, and with which it may begin. */
interface IdForm {
  readonly name: string;
  readonly patterns: readonly RegExp[];
  readonly rule: string;
}

/** NAA designators (SPC-5 7.7.6.6): locally assigned, IEEE registered and extended. */
const NAA: IdForm = {
  name: 'naa_id',
  patterns: [/^[235][0-9a-f]{15}$/i, /^6[0-9a-f]{31}$/i],
  rule: '16 hex digits beginning with 2, 3 or 5, or 32 beginning with 6',
};

/** EUI-64 based designators (SPC-5 7.7.6.5). */
const EUI64: IdForm = {
  name: 'eui64_id',
  patterns: [/^(?:[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32})$/i],
  rule: '16, 24 or 32 hex digits',
};

/** The bytes of hex digits, with or without `0x`; null when there are none. Throws `EINVAL`. */
const parseId = (form: IdForm, text: ByteString): Uint8Array | null => {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (digits === '') return null;
  if (!form.patterns.some((pattern) => pattern.test(digits))) throw new ScstError('EINVAL', `${form.name} is ${form.rule}`);
  return fromByteString(Buffer.from(digits, 'hex').toString('latin1'));
};

export const parseNaaId = (text: ByteString): Uint8Array | null => parseId(NAA, text);
export const parseEui64Id = (text: ByteString): Uint8Array | null => parseId(EUI64, text);
