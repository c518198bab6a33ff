import { decodeName, encodeName } from '../names.js';

/** The text of an attribute, taken apart (SPEC 1.4). */
export interface AttributeText {
  /** The value, without the newline that ends it and without the mark. Bytes that are no UTF-8 stand as in names. */
  readonly value: string;
  /** Whether the text carries the `[key]` mark: the value is one an administration tool should save. */
  readonly key: boolean;
  /** Whether the text is as long as a read can be (4095 bytes) and so may have lost its end, the mark included (SPEC 1.1). */
  readonly truncated: boolean;
}

/** The longest text a read of an attribute gives (SPEC 1.1). */
export const MAX_ATTRIBUTE_READ = 4095;

/** The most bytes one write takes (SPEC 1.1). */
export const MAX_ATTRIBUTE_WRITE = 4096;

const MARK = '[key]\n';

/**
 * The value and the mark of an attribute's text. The form is `value\n` or `value\n[key]\n`; `filename` of vdisk devices has one
 * empty line more, which belongs to neither. A value may have several lines (`pr_state`, `trace_level`).
 *
 * Attributes that hold raw bytes (`transport_id` of a session) have no such form: read those with {@link SysfsTree.read}.
 */
export const parseAttribute = (bytes: Uint8Array): AttributeText => {
  const text = decodeName(bytes);
  const marked = text.endsWith(`\n${MARK}\n`) ? text.slice(0, -1 - MARK.length) : text.endsWith(`\n${MARK}`) || text === MARK ? text.slice(0, -MARK.length) : undefined;
  if (marked !== undefined) return { value: withoutNewline(marked), key: true, truncated: false };
  const value = withoutNewline(text);
  return {
    // An unset `filename` of vcdrom is one line and an empty one.
    value: /^[^\n]*\n$/u.test(value) ? withoutNewline(value) : value,
    key: false,
    truncated: bytes.length >= MAX_ATTRIBUTE_READ,
  };
};

const withoutNewline = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);

export interface FormatAttributeOptions {
  /** Add the `[key]` mark. Default: false. */
  key?: boolean | undefined;
  /** Add the empty line `filename` of vdisk devices ends with. Default: false. */
  emptyLine?: boolean | undefined;
}

/** The text of a value: the reverse of {@link parseAttribute}, cut where the kernel cuts it (4095 bytes). */
export const formatAttribute = (value: string, { key = false, emptyLine = false }: FormatAttributeOptions = {}): Uint8Array =>
  encodeName(`${value}\n${key ? MARK : ''}${emptyLine ? '\n' : ''}`).subarray(0, MAX_ATTRIBUTE_READ);
