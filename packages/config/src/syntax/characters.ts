/** Character codes the scanner compares with. */
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const BACKSLASH = 0x5c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const BYTE_ORDER_MARK = 0xfeff;

/** White space within a line: blank, tab, vertical tab, form feed, carriage return. */
export const isBlank = (code: number): boolean => code === SPACE || code === TAB || (code >= 0x0b && code <= CARRIAGE_RETURN);

/** A control character no text has: ASCII's, but for the white space among them. Said by what it is not: one class is searched for fastest. */
export const CONTROL_CHARACTER = /[^\t-\r -~\u{80}-\u{10ffff}]/u;
