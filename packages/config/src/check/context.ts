import { type Diagnostic, type DiagnosticCode } from '../diagnostics.js';
import { type ScstConfig } from '../model/config.js';
import { type LocationDetail, type Locator } from '../model/locator.js';

/** What a finding is about. */
export interface Finding {
  code: DiagnosticCode;
  message: string;
  /** The part of the configuration; undefined for the file itself. */
  part?: object | undefined;
  detail?: LocationDetail | undefined;
  /** The part in words: `HANDLER vdisk_fileio / DEVICE disk1`. */
  place?: string | undefined;
  expected?: string | undefined;
  hint?: string | undefined;
}

/** Gathers what the checks of one run find. */
export class CheckContext {
  readonly config: ScstConfig;
  readonly #locator: Locator;
  readonly #found: Diagnostic[] = [];

  constructor(config: ScstConfig, locator: Locator) {
    this.config = config;
    this.#locator = locator;
  }

  error(finding: Finding): void {
    this.#add('error', finding);
  }

  warning(finding: Finding): void {
    this.#add('warning', finding);
  }

  /** `line 7` of a part, or its place in words, to point back to the first of two. */
  whereIs(part: object | undefined, place: string): string {
    const { line } = this.#locator.locate(part);
    return line === undefined ? place : `line ${line}`;
  }

  /** Everything found, in the order of the file. */
  diagnostics(): Diagnostic[] {
    return this.#found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  }

  #add(severity: 'error' | 'warning', { code, message, part, detail, place, expected, hint }: Finding): void {
    this.#found.push({ severity, code, message, expected, hint, place, ...this.#locator.locate(part, detail) });
  }
}

/** Calls back for every item whose key was seen before, with the first of that key. */
export const forRepeats = <T>(items: Iterable<T>, keyOf: (item: T) => string, repeated: (item: T, first: T) => void): void => {
  const seen = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, item);
    else repeated(item, first);
  }
};
