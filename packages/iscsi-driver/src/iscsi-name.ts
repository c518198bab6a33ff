/** Longest iSCSI name in bytes (RFC 7143 4.2.7.1). */
const LONGEST = 223;

/** Whether a text is an iSCSI name in its normal form (RFC 7143 4.2.7): `iqn.`, `eui.` or `naa.`, lower case, no blanks. */
export const isIscsiName = (text: string): boolean =>
  Buffer.byteLength(text) <= LONGEST && text === text.toLowerCase() && (/^iqn\.\d{4}-\d{2}\.[^\s,;/!]+$/u.test(text) || /^eui\.[\da-f]{16}$/u.test(text) || /^naa\.(?:[\da-f]{16}|[\da-f]{32})$/u.test(text));
