import { type Diagnostic } from '../diagnostics.js';
import { ConfigError } from '../errors.js';
import { type LoadedConfig } from '../load.js';
import { attributesOf, type ScstConfig } from '../model/config.js';

/** What a selector can name. */
export type SelectorKind = 'device' | 'target' | 'handler' | 'driver' | 'device_group' | 'global';

const KINDS: readonly SelectorKind[] = ['device', 'target', 'handler', 'driver', 'device_group', 'global'];

interface Selector {
  readonly kind: SelectorKind;
  readonly pattern: RegExp;
  readonly text: string;
}

/**
 * The parts of a configuration a partial apply or save is about. Selectors are `KIND:NAME`, where NAME may have `*` and `?`:
 * `device:disk1`, `target:iqn.*`, `driver:scst_local` (a driver's own attributes and all its targets), `handler:vdisk_*` (its
 * attributes and devices), `device_group:*`, and `global` (attributes of SCST itself).
 */
export class Selection {
  readonly #selectors: readonly Selector[] | undefined;

  /** @throws ConfigError for a selector of an unknown kind. */
  constructor(only?: readonly string[]) {
    this.#selectors = only?.map(parseSelector);
  }

  /** True when everything is selected. */
  get isEverything(): boolean {
    return this.#selectors === undefined;
  }

  /** Whether a part is selected by its own name. */
  has(kind: SelectorKind, name = ''): boolean {
    return this.#selectors === undefined || this.#selectors.some((selector) => selector.kind === kind && selector.pattern.test(name));
  }

  hasDevice(handler: string, device: string): boolean {
    return this.has('handler', handler) || this.has('device', device);
  }

  hasTarget(driver: string, target: string): boolean {
    return this.has('driver', driver) || this.has('target', target);
  }

  /**
   * The selected part of a configuration; positions still are those of the whole.
   *
   * @throws ConfigError when a selector selects nothing, unless that is what `mayBeEmpty` allows (what is to be removed is not in the file).
   */
  of(loaded: LoadedConfig, mayBeEmpty: boolean): LoadedConfig {
    if (this.#selectors === undefined) return loaded;
    const { config, locator } = loaded;
    if (!mayBeEmpty) this.#requireMatches(config);
    const keep = <T extends object>(part: T, whole: object): T => {
      const statement = locator.statement(whole);
      if (statement !== undefined) locator.note(part, statement);
      return part;
    };
    const none = attributesOf([]);
    const selected: ScstConfig = {
      attributes: this.has('global') ? config.attributes : none,
      alua: this.has('global') ? config.alua : none,
      handlers: config.handlers
        .map((handler) => {
          const devices = handler.devices.filter(({ name }) => this.hasDevice(handler.name, name));
          return keep({ name: handler.name, attributes: this.has('handler', handler.name) ? handler.attributes : none, devices }, handler);
        })
        .filter(({ name, devices }) => devices.length > 0 || this.has('handler', name)),
      targetDrivers: config.targetDrivers
        .map((driver) => {
          const targets = driver.targets.filter(({ name }) => this.hasTarget(driver.name, name));
          return keep({ name: driver.name, attributes: this.has('driver', driver.name) ? driver.attributes : none, targets }, driver);
        })
        .filter(({ name, targets }) => targets.length > 0 || this.has('driver', name)),
      deviceGroups: config.deviceGroups.filter(({ name }) => this.has('device_group', name)),
    };
    return { ...loaded, config: selected };
  }

  #requireMatches(config: ScstConfig): void {
    const names: Record<SelectorKind, readonly string[]> = {
      device: config.handlers.flatMap(({ devices }) => devices.map(({ name }) => name)),
      target: config.targetDrivers.flatMap(({ targets }) => targets.map(({ name }) => name)),
      handler: config.handlers.map(({ name }) => name),
      driver: config.targetDrivers.map(({ name }) => name),
      device_group: config.deviceGroups.map(({ name }) => name),
      global: [''],
    };
    const diagnostics = (this.#selectors ?? [])
      .filter(({ kind, pattern }) => !names[kind].some((name) => pattern.test(name)))
      .map(({ text }): Diagnostic => ({ severity: 'error', code: 'bad-selector', message: `nothing in the configuration is “${text}”`, place: text }));
    if (diagnostics.length > 0) throw new ConfigError(diagnostics);
  }
}

const parseSelector = (text: string): Selector => {
  const colon = text.indexOf(':');
  const kind = KINDS.find((one) => one === (colon < 0 ? text : text.slice(0, colon)));
  if (kind === undefined || (colon < 0) !== (kind === 'global')) {
    const expected = KINDS.map((one) => (one === 'global' ? one : `${one}:NAME`)).join(', ');
    throw new ConfigError([{ severity: 'error', code: 'bad-selector', message: `“${text}” selects nothing`, expected, place: text }]);
  }
  return { kind, pattern: globPattern(colon < 0 ? '' : text.slice(colon + 1)), text };
};

/** `*` is any text, `?` one character; everything else stands for itself. Runs of `*` are one, so that no pattern is slow. */
const globPattern = (glob: string): RegExp => {
  const source = glob.replace(/\*+/gu, '*').replace(/[\\^$.+()[\]{}|/]/gu, '\\$&').replace(/\*/gu, '[\\s\\S]*').replace(/\?/gu, '[\\s\\S]');
  return new RegExp(`^${source}$`, 'u');
};
