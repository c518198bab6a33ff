import { type Diagnostic } from '../diagnostics.js';
import type * as Model from './config.js';
import { attributesOf } from './config.js';
import { isTransportId, MAX_LUN } from './names.js';

export interface JsonResult {
  readonly config: Model.ScstConfig;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The configuration a JSON value says. Its form is `CONFIG_JSON_SCHEMA`: that of {@link Model.ScstConfig}, where everything but names
 * may be left out, and attribute values may also be numbers (written in decimal) and booleans (written as `1` and `0`).
 *
 * Never throws: what does not fit is in `diagnostics`, with a JSON pointer as its place.
 */
export const fromJson = (value: unknown): JsonResult => {
  const reader = new JsonReader();
  const config = reader.config(value);
  return { config, diagnostics: reader.diagnostics };
};

/** A configuration as a JSON value, without the parts that say nothing: what {@link fromJson} reads back to the same. */
export const toJson = (config: Model.ScstConfig): unknown => compact(config);

const compact = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => (isNothing(inner) ? [] : [[key, compact(inner)]]));
  return Object.fromEntries(entries);
};

const isNothing = (value: unknown): boolean =>
  value === undefined || value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

type Fields = Readonly<Record<string, unknown>>;
type Read<T> = (value: unknown, pointer: string) => T;

class JsonReader {
  readonly diagnostics: Diagnostic[] = [];

  config(value: unknown): Model.ScstConfig {
    const fields = this.#object(value, '', ['attributes', 'handlers', 'targetDrivers', 'deviceGroups', 'alua']);
    return {
      attributes: this.#attributes(fields['attributes'], '/attributes'),
      handlers: this.#list(fields['handlers'], '/handlers', this.#handler),
      targetDrivers: this.#list(fields['targetDrivers'], '/targetDrivers', this.#driver),
      deviceGroups: this.#list(fields['deviceGroups'], '/deviceGroups', this.#deviceGroup),
      alua: this.#attributes(fields['alua'], '/alua'),
    };
  }

  #fail(pointer: string, message: string, expected: string): void {
    this.diagnostics.push({ severity: 'error', code: 'bad-json', message, expected, place: pointer === '' ? '/' : pointer });
  }

  #object(value: unknown, pointer: string, known: readonly string[]): Fields {
    if (value === undefined && pointer !== '') return {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#fail(pointer, `${describe(value)} where an object belongs`, 'an object');
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.#fail(`${pointer}/${escapePointer(key)}`, `the unknown member “${key}”`, known.join(', '));
    }
    return value as Fields;
  }

  #list<T>(value: unknown, pointer: string, read: Read<T>): T[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map((item: unknown, index) => read.call(this, item, `${pointer}/${index}`));
    this.#fail(pointer, `${describe(value)} where a list belongs`, 'a list');
    return [];
  }

  #name(value: unknown, pointer: string): string {
    if (typeof value === 'string' && value !== '') return value;
    this.#fail(pointer, `${describe(value)} where a name belongs`, 'text that is not empty');
    return '';
  }

  #scalar(value: unknown, pointer: string): string | undefined {
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean') return value ? '1' : '0';
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    this.#fail(pointer, `${describe(value)} where an attribute’s value belongs`, 'text, a whole number or a boolean');
    return undefined;
  }

  #attributes(value: unknown, pointer: string): Model.Attributes {
    if (value === undefined) return attributesOf([]);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#fail(pointer, `${describe(value)} where attributes belong`, 'an object of attribute values');
      return attributesOf([]);
    }
    const pairs: [string, string][] = [];
    for (const [name, given] of Object.entries(value)) {
      const at = `${pointer}/${escapePointer(name)}`;
      if (name === '') this.#fail(at, 'an attribute without a name', 'the name of an attribute');
      const items: readonly unknown[] = Array.isArray(given) ? given : [given];
      for (const [index, item] of items.entries()) {
        const text = this.#scalar(item, Array.isArray(given) ? `${at}/${index}` : at);
        if (text !== undefined) pairs.push([name, text]);
      }
    }
    return attributesOf(pairs);
  }

  #handler(value: unknown, pointer: string): Model.HandlerConfig {
    const { name, attributes, devices } = this.#object(value, pointer, ['name', 'attributes', 'devices']);
    return {
      name: this.#name(name, `${pointer}/name`),
      attributes: this.#attributes(attributes, `${pointer}/attributes`),
      devices: this.#list(devices, `${pointer}/devices`, this.#named),
    };
  }

  #named(value: unknown, pointer: string): Model.DeviceConfig & Model.InitiatorConfig & Model.TargetGroupTargetConfig {
    const { name, attributes } = this.#object(value, pointer, ['name', 'attributes']);
    return { name: this.#name(name, `${pointer}/name`), attributes: this.#attributes(attributes, `${pointer}/attributes`) };
  }

  #driver(value: unknown, pointer: string): Model.TargetDriverConfig {
    const { name, attributes, targets } = this.#object(value, pointer, ['name', 'attributes', 'targets']);
    return {
      name: this.#name(name, `${pointer}/name`),
      attributes: this.#attributes(attributes, `${pointer}/attributes`),
      targets: this.#list(targets, `${pointer}/targets`, this.#target),
    };
  }

  #target(value: unknown, pointer: string): Model.TargetConfig {
    const fields = this.#object(value, pointer, ['name', 'hardware', 'attributes', 'sessions', 'luns', 'groups']);
    const { name, hardware = false, attributes, sessions, luns, groups } = fields;
    if (typeof hardware !== 'boolean') this.#fail(`${pointer}/hardware`, `${describe(hardware)} where a boolean belongs`, 'true or false');
    return {
      name: this.#name(name, `${pointer}/name`),
      hardware: hardware === true,
      attributes: this.#attributes(attributes, `${pointer}/attributes`),
      sessions: this.#list(sessions, `${pointer}/sessions`, this.#session),
      luns: this.#list(luns, `${pointer}/luns`, this.#lun),
      groups: this.#list(groups, `${pointer}/groups`, this.#group),
    };
  }

  #session(value: unknown, pointer: string): Model.SessionConfig {
    const { name, transportId } = this.#object(value, pointer, ['name', 'transportId']);
    const session = { name: this.#name(name, `${pointer}/name`) };
    if (transportId === undefined) return session;
    if (typeof transportId === 'string' && isTransportId(transportId)) return { ...session, transportId: transportId.toLowerCase().replace(/^0x/u, '') };
    this.#fail(`${pointer}/transportId`, `${describe(transportId)} where a TransportID belongs`, 'hexadecimal bytes');
    return session;
  }

  #lun(value: unknown, pointer: string): Model.LunConfig {
    const { lun, device, attributes } = this.#object(value, pointer, ['lun', 'device', 'attributes']);
    const good = typeof lun === 'number' && Number.isInteger(lun) && lun >= 0 && lun <= MAX_LUN;
    if (!good) this.#fail(`${pointer}/lun`, `${describe(lun)} where a LUN belongs`, `a number from 0 to ${MAX_LUN}`);
    return { lun: good ? lun : 0, device: this.#name(device, `${pointer}/device`), attributes: this.#attributes(attributes, `${pointer}/attributes`) };
  }

  #group(value: unknown, pointer: string): Model.GroupConfig {
    const { name, attributes, luns, initiators } = this.#object(value, pointer, ['name', 'attributes', 'luns', 'initiators']);
    return {
      name: this.#name(name, `${pointer}/name`),
      attributes: this.#attributes(attributes, `${pointer}/attributes`),
      luns: this.#list(luns, `${pointer}/luns`, this.#lun),
      initiators: this.#list(initiators, `${pointer}/initiators`, this.#named),
    };
  }

  #deviceGroup(value: unknown, pointer: string): Model.DeviceGroupConfig {
    const { name, attributes, devices, targetGroups } = this.#object(value, pointer, ['name', 'attributes', 'devices', 'targetGroups']);
    return {
      name: this.#name(name, `${pointer}/name`),
      attributes: this.#attributes(attributes, `${pointer}/attributes`),
      devices: this.#list(devices, `${pointer}/devices`, this.#name),
      targetGroups: this.#list(targetGroups, `${pointer}/targetGroups`, this.#targetGroup),
    };
  }

  #targetGroup(value: unknown, pointer: string): Model.TargetGroupConfig {
    const { name, attributes, targets } = this.#object(value, pointer, ['name', 'attributes', 'targets']);
    return {
      name: this.#name(name, `${pointer}/name`),
      attributes: this.#attributes(attributes, `${pointer}/attributes`),
      targets: this.#list(targets, `${pointer}/targets`, this.#named),
    };
  }
}

const escapePointer = (key: string): string => key.replace(/~/gu, '~0').replace(/\//gu, '~1');

const describe = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};
