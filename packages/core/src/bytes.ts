/**
 * Inside the core, names and attribute text are *byte strings*: JavaScript strings in which each character is one byte
 * (0…255), so that SCST's byte rules (white space 0xA0, byte-wise patterns, length limits) hold as they are written.
 */
export type ByteString = string;
