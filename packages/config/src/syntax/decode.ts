import { decodeName, encodeName } from '@scst/sysfs';

/** Default of {@link ParseOptions.maxBytes}: far more than any configuration, far less than memory. */
export const MAX_SOURCE_BYTES = 64 * 1024 * 1024;

/** Longest line: sixteen times what one write to the tree takes. */
export const MAX_LINE_LENGTH = 65_536;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a file. Names are bytes in the kernel: what is no UTF-8 becomes lone surrogates, as `decodeName` of @scst/sysfs
 * has it, so that every byte survives.
 */
export const decodeSource = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLines(bytes);
  }
};

/** Line by line, so that one stray byte does not make the whole text slow to decode. */
const decodeLines = (bytes: Uint8Array): string => {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.subarray(start, end);
    // A line that is too long is refused later; only its beginning is ever shown.
    lines.push(end - start > 4 * MAX_LINE_LENGTH ? Buffer.from(line).toString('latin1') : decodeName(line));
    start = end;
  }
  return lines.join('');
};

/** The bytes of a text: the reverse of {@link decodeSource}. */
export const encodeSource = (text: string): Uint8Array => {
  const lone = text.search(/[\uDC80-\uDCFF]/u);
  return lone < 0 ? new TextEncoder().encode(text) : encodeName(text);
};
