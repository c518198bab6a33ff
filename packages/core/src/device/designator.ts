import { fromByteString } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { trimSpace, trimSpaceBefore } from '../text/words.js';

/** How an id of hex digits is formed: with which it may begin, and how many digits it then has. */
interface IdForm {
  readonly name: string;
  readonly shape: RegExp;
  readonly rule: string;
  /** True: a `0x` with nothing but white space after it is no id. */
  readonly loneMarkRefused: boolean;
}

/** NAA designators (SPC-5 7.7.6.6): locally assigned, IEEE registered and extended. */
const NAA: IdForm = {
  name: 'naa_id',
  shape: /^(?:[235][^]{15}|6[^]{31})$/,
  rule: '16 hex digits beginning with 2, 3 or 5, or 32 beginning with 6',
  loneMarkRefused: true,
};

/** EUI-64 based designators (SPC-5 7.7.6.5). */
const EUI64: IdForm = {
  name: 'eui64_id',
  shape: /^(?:[^]{16}|[^]{24}|[^]{32})$/,
  rule: '16, 24 or 32 hex digits',
  loneMarkRefused: false,
};

/** An id of the right length in which a character is no hex digit. */
export class IdDigitError extends ScstError {
  /** The bytes of the digits before it. */
  readonly before: Uint8Array;

  constructor(message: string, before: Uint8Array) {
    super('EINVAL', message);
    this.name = 'IdDigitError';
    this.before = before;
  }
}

/** The bytes of hex digits, with or without `0x` and white space around; null when there are none. Throws `EINVAL`. */
const parseId = (form: IdForm, text: ByteString): Uint8Array | null => {
  const trimmed = trimSpace(text);
  const digits = trimmed.startsWith('0x') ? trimmed.slice(2) : trimmed;
  const refused = `${form.name} is ${form.rule}`;
  if (digits === '') {
    if (form.loneMarkRefused && trimmed !== '' && trimSpaceBefore(text) !== trimmed) throw new ScstError('EINVAL', refused);
    return null;
  }
  if (!form.shape.test(digits)) throw new ScstError('EINVAL', refused);
  const good = /^(?:[0-9a-f]{2})*/i.exec(digits)?.[0] ?? '';
  const bytes = fromByteString(Buffer.from(good, 'hex').toString('latin1'));
  if (good !== digits) throw new IdDigitError(refused, bytes);
  return bytes;
};

export const parseNaaId = (text: ByteString): Uint8Array | null => parseId(NAA, text);
export const parseEui64Id = (text: ByteString): Uint8Array | null => parseId(EUI64, text);
