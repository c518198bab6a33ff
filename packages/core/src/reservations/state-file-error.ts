/** A file of persistent reservations that cannot be trusted. Nothing of it may be used. */
export class ReservationFileError extends Error {
  readonly code: 'DAMAGED' | 'UNKNOWN_FORMAT';
  constructor(code: ReservationFileError['code'], message: string) {
    super(message);
    this.name = 'ReservationFileError';
    this.code = code;
  }
}

/** @internal */
export function damaged(reason: string): ReservationFileError {
  return new ReservationFileError('DAMAGED', `the file of persistent reservations is damaged: ${reason}`);
}
