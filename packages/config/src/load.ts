import { hasErrors, type Diagnostic } from './diagnostics.js';
import { ConfigError } from './errors.js';
import { EMPTY_CONFIG, type ScstConfig } from './model/config.js';
import { fromDocument } from './model/from-document.js';
import { fromJson } from './model/json.js';
import { Locator } from './model/locator.js';
import { type Document } from './syntax/document.js';
import { parse, type ParseOptions } from './syntax/parse.js';

/** A configuration with what is known of where it came from. */
export interface LoadedConfig {
  readonly config: ScstConfig;
  /** Errors and warnings of reading it. */
  readonly diagnostics: readonly Diagnostic[];
  /** Finds lines and columns; finds nothing for a configuration that was no text. */
  readonly locator: Locator;
  /** The document, when it was text. */
  readonly document?: Document | undefined;
}

/** What stands for a configuration: the text of scst.conf, its bytes, data, or what was loaded before. */
export type ConfigSource = string | Uint8Array | ScstConfig | LoadedConfig;

/** Reads the text of scst.conf: grammar and model. Never throws; what is wrong is in `diagnostics`. */
export const loadText = (input: string | Uint8Array, options: ParseOptions = {}): LoadedConfig => {
  const { document, diagnostics } = parse(input, options);
  // A text whose grammar is wrong means nothing for sure: nothing is made of it.
  if (hasErrors(diagnostics)) return { config: EMPTY_CONFIG, diagnostics, locator: new Locator(document), document };
  const model = fromDocument(document);
  return { config: model.config, diagnostics: [...diagnostics, ...model.diagnostics], locator: model.locator, document };
};

/** Reads JSON, as text or as a value already parsed. Never throws; what is wrong is in `diagnostics`. */
export const loadJson = (input: unknown): LoadedConfig => {
  const locator = new Locator();
  if (typeof input !== 'string') return { ...fromJson(input), locator };
  try {
    return { ...fromJson(JSON.parse(input) as unknown), locator };
  } catch (cause) {
    const message = `this is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { config: EMPTY_CONFIG, diagnostics: [{ severity: 'error', code: 'bad-json', message, place: '/' }], locator };
  }
};

/** Whatever stands for a configuration, loaded. */
export const load = (source: ConfigSource): LoadedConfig => {
  if (typeof source === 'string' || source instanceof Uint8Array) return loadText(source);
  if ('config' in source) return source;
  return { config: source, diagnostics: [], locator: new Locator() };
};

/**
 * {@link load}, for those who can only go on with a good one.
 *
 * @throws ConfigError when there are errors.
 */
export const loadOrThrow = (source: ConfigSource): LoadedConfig => {
  const loaded = load(source);
  if (hasErrors(loaded.diagnostics)) throw new ConfigError(loaded.diagnostics);
  return loaded;
};
