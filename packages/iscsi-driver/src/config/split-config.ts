import { attributesOf, type Diagnostic, type LoadedConfig, type Location, type LocationDetail, pairsOf, type ScstConfig, type TargetConfig, type TargetDriverConfig, valuesOf } from '@scst/config';
import { type ChapCredentials } from '@scst/iscsi';
import { isIscsiName } from '../iscsi-name.js';
import { type ChapSettings, type IscsiSettings, type IscsiTargetSettings } from '../settings.js';
import { type Draft, TARGET_ATTRIBUTES } from './attribute.js';

/** The driver whose block speaks of iSCSI, and the one its targets are of. */
export const ISCSI = 'iscsi';
export const LOCAL = 'scst_local';
/** Attributes of the driver that say nothing to a target in user space. */
const MEANINGLESS = new Set(['link_local', 'trace_level', 'iSNSServer', 'internal_portal', 'max_sessions', 'isns_entity_name']);
/** Given by SCST itself. */
const TARGET_MEANINGLESS = new Set(['tid', 'trace_level']);
/** RFC 7143 9.2.1: a secret has at least 96 bits. */
const SHORTEST_SECRET = 12;

/** A configuration, parted in what the tree is made of and what iSCSI keeps to itself. */
export interface SplitConfig {
  /** Without `TARGET_DRIVER iscsi`: its targets, with their groups and LUNs, are targets of scst_local. */
  readonly tree: LoadedConfig;
  /** Undefined: the configuration says nothing of iSCSI. */
  readonly iscsi: IscsiSettings | undefined;
  /** What is wrong in the settings, those of the tree's part not included. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parts a configuration with a `TARGET_DRIVER iscsi` block. An iSCSI target is a target of scst_local of the same name: LUNs, GROUPs and
 * what else SCST itself knows of a target goes there; users, digests, portals, bursts and the like are kept beside the tree.
 *
 * As with iscsi-scst, the driver and each of its targets serve nobody before `enabled 1`.
 */
export const splitConfig = (loaded: LoadedConfig): SplitConfig => {
  const { config, locator } = loaded;
  const driver = config.targetDrivers.find(({ name }) => name === ISCSI);
  if (driver === undefined) return { tree: loaded, iscsi: undefined, diagnostics: [] };
  const splitter = new Splitter((part, detail) => locator.locate(part, detail));
  const iscsi = splitter.driver(driver);
  const targets = driver.targets.map((target) => {
    const local: TargetConfig = { ...target, attributes: treeAttributes(target) };
    const statement = locator.statement(target);
    if (statement !== undefined) locator.note(local, statement);
    return local;
  });
  return { tree: { ...loaded, config: withTargets(config, targets) }, iscsi, diagnostics: splitter.diagnostics };
};

const treeAttributes = ({ attributes }: TargetConfig): TargetConfig['attributes'] =>
  attributesOf(pairsOf(attributes).filter(([name]) => isTreeAttribute(name)));

/** Whether an attribute of an iSCSI target is one that SCST itself knows of a target. */
export const isTreeAttribute = (name: string): boolean => !TARGET_ATTRIBUTES.has(name) && !LISTS.has(name) && !TARGET_MEANINGLESS.has(name);

/** Attributes that may stand several times. */
const LISTS = new Set(['IncomingUser', 'OutgoingUser', 'allowed_portal']);

const withTargets = (config: ScstConfig, targets: readonly TargetConfig[]): ScstConfig => {
  const others = config.targetDrivers.filter(({ name }) => name !== ISCSI);
  const local = others.find(({ name }) => name === LOCAL);
  if (local === undefined) return { ...config, targetDrivers: [...others, { name: LOCAL, attributes: attributesOf([]), targets }] };
  return { ...config, targetDrivers: others.map((driver) => (driver === local ? { ...driver, targets: [...driver.targets, ...targets] } : driver)) };
};

class Splitter {
  readonly #locate: (part: object, detail?: LocationDetail) => Location;
  readonly diagnostics: Diagnostic[] = [];

  constructor(locate: (part: object, detail?: LocationDetail) => Location) {
    this.#locate = locate;
  }

  driver(driver: TargetDriverConfig): IscsiSettings {
    let enabled = false;
    for (const [name, value] of pairsOf(driver.attributes)) {
      if (name === 'enabled') {
        enabled = value === '1';
        if (value !== '0' && value !== '1') this.#wrong(driver, name, value, '0 or 1');
      } else if (!LISTS.has(name) && !MEANINGLESS.has(name)) {
        this.#unknown(driver, name);
      }
    }
    const targets = new Map(driver.targets.map((target) => [target.name.toLowerCase(), this.#target(target)]));
    return { enabled, discovery: this.#chap(driver), targets };
  }

  #target(target: TargetConfig): IscsiTargetSettings {
    if (!isIscsiName(target.name)) {
      this.#add({ severity: 'error', code: 'bad-name', message: `“${target.name}” is no iSCSI name`, expected: 'iqn.YEAR-MONTH.DOMAIN:NAME, eui.16 digits or naa.16 or 32 digits, in lower case', ...this.#locate(target, { word: 1 }), place: placeOf(target) });
    }
    const draft: Draft = { enabled: false, parameters: {} };
    for (const [name, value] of pairsOf(target.attributes)) {
      const attribute = TARGET_ATTRIBUTES.get(name);
      if (attribute !== undefined && !attribute.take(draft, value)) this.#wrong(target, name, value, attribute.expected);
    }
    const { firstBurstLength, maxBurstLength } = draft.parameters;
    if (firstBurstLength !== undefined && maxBurstLength !== undefined && firstBurstLength > maxBurstLength) {
      this.#wrong(target, 'FirstBurstLength', String(firstBurstLength), `at most MaxBurstLength, ${maxBurstLength}`);
    }
    const portals = valuesOf(target.attributes['allowed_portal']);
    draft.chap = this.#chap(target);
    draft.allowedPortals = portals.length === 0 ? undefined : portals;
    return draft;
  }

  #chap(part: TargetConfig | TargetDriverConfig): ChapSettings | undefined {
    const incoming = valuesOf(part.attributes['IncomingUser']).map((value, occurrence) => this.#user(part, 'IncomingUser', value, occurrence));
    const outgoing = valuesOf(part.attributes['OutgoingUser']).map((value, occurrence) => this.#user(part, 'OutgoingUser', value, occurrence));
    const [user, another] = outgoing;
    if (another !== undefined) this.#add({ severity: 'error', code: 'contradiction', message: 'there is one OutgoingUser at most', ...this.#locate(part, { attribute: 'OutgoingUser' }), place: placeOf(part) });
    if (incoming.length === 0 && user === undefined) return undefined;
    const users = incoming.filter((one) => one !== undefined);
    if (users.some(({ secret }) => secret === user?.secret)) {
      this.#add({ severity: 'error', code: 'contradiction', message: 'OutgoingUser has the secret of an IncomingUser', hint: 'RFC 7143 9.2.1 forbids that: who knows one could pose as the other', ...this.#locate(part, { attribute: 'OutgoingUser' }), place: placeOf(part) });
    }
    return { incoming: users, outgoing: user };
  }

  /** “NAME SECRET”. The secret is in no message. */
  #user(part: TargetConfig | TargetDriverConfig, attribute: string, value: string, occurrence: number): ChapCredentials | undefined {
    const [, name, secret] = /^(\S+)\s+(\S.*)$/u.exec(value.trim()) ?? [];
    const place = { ...this.#locate(part, { attribute, occurrence }), place: placeOf(part) };
    if (name === undefined || secret === undefined) {
      this.#add({ severity: 'error', code: 'bad-value', message: `${attribute} is given without a secret`, expected: '"NAME SECRET"', ...place });
      return undefined;
    }
    if (Buffer.byteLength(secret) < SHORTEST_SECRET) {
      this.#add({ severity: 'warning', code: 'bad-value', message: `the secret of ${attribute} ${name} has less than ${SHORTEST_SECRET} bytes`, hint: 'RFC 7143 9.2.1 asks for 96 random bits', ...place });
    }
    return { name, secret };
  }

  #wrong(part: TargetConfig | TargetDriverConfig, attribute: string, value: string, expected: string): void {
    this.#add({ severity: 'error', code: 'bad-value', message: `${attribute} cannot be “${value}”`, expected, ...this.#locate(part, { attribute }), place: placeOf(part) });
  }

  #unknown(part: TargetDriverConfig, attribute: string): void {
    this.#add({ severity: 'error', code: 'unknown-attribute', message: `the iSCSI driver has no attribute ${attribute}`, expected: 'enabled, IncomingUser or OutgoingUser', ...this.#locate(part, { attribute }), place: placeOf(part) });
  }

  #add(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }
}

const placeOf = (part: TargetConfig | TargetDriverConfig): string => ('luns' in part ? `TARGET_DRIVER iscsi / TARGET ${part.name}` : 'TARGET_DRIVER iscsi');
