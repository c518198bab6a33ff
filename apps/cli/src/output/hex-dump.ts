const WIDTH = 16;

/** Bytes as `hexdump -C` shows them: offset, sixteen bytes, and their ASCII characters. */
export const hexDump = (bytes: Uint8Array): string => {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const part = bytes.subarray(at, at + WIDTH);
    const digits = Array.from({ length: WIDTH }, (_, index) => part[index]?.toString(16).padStart(2, '0') ?? '  ');
    const left = digits.slice(0, WIDTH / 2).join(' ');
    const right = digits.slice(WIDTH / 2).join(' ');
    const text = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${left}  ${right}  |${text}|`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
};

/** Bytes of hexadecimal text; blanks, colons, commas and `0x` between bytes are overlooked. Undefined where it is none. */
export const parseHex = (text: string): Uint8Array | undefined => {
  const digits = text.replaceAll(/0x/giu, '').replaceAll(/[\s:,]/gu, '');
  return digits.length % 2 === 0 && /^[0-9a-f]*$/iu.test(digits) ? new Uint8Array(Buffer.from(digits, 'hex')) : undefined;
};
