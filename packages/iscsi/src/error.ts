/** What this package throws, by itself or inside of it. */
export type IscsiErrorCode =
  /** Bytes that are no PDU, no text or no value of what they should be. */
  | 'ERR_MALFORMED'
  /** A value that has no room in its field. */
  | 'ERR_RANGE'
  /** An option that makes no sense. */
  | 'ERR_OPTION'
  /** The server is closed. */
  | 'ERR_CLOSED'
  /** No socket can listen there. */
  | 'ERR_LISTEN';

export class IscsiError extends Error {
  readonly code: IscsiErrorCode;
  constructor(code: IscsiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IscsiError';
    this.code = code;
  }
}
