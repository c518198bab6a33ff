/**
 * What a terminal takes for more than text: control characters, bytes that are some in older encodings (lone surrogates here), and those
 * that turn the direction of what follows around. Not line ends and tabs, and not the colours of `Output.style`, which are matched to be left.
 */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ORDERS = /\u001b\[(?:[127]|2[27]|3[12369])m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\udc80-\udc9f]/gu;

const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;
const PICTURE_OF_DELETE = '\u2421';
const REPLACEMENT = '\ufffd';

/** Text as it may be shown on a terminal: names and texts of devices and initiators may hold anything. */
export const printable = (text: string): string =>
  text.replaceAll(ORDERS, (order) => {
    if (order.length > 1) return order;
    const code = order.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
    return code === DELETE ? PICTURE_OF_DELETE : REPLACEMENT;
  });
