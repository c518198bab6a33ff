/** The kernel sent what the protocol does not allow, or what this version of it does not know. */
export class ProtocolError extends Error {
  readonly code = 'PROTOCOL';

  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}
