const brand = Symbol.for('@scst/exporter/ExporterError');

/** What was asked of this package makes no sense: `BAD_OPTION`; a collector that has been closed: `CLOSED`. */
export class ExporterError extends Error {
  readonly code: 'BAD_OPTION' | 'CLOSED';
  /** @internal Survives two copies of this package in one program. */
  readonly [brand] = true;

  constructor(code: ExporterError['code'], message: string) {
    super(message);
    this.name = 'ExporterError';
    this.code = code;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
