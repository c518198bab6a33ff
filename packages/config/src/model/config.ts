/**
 * A configuration as data: what scst.conf says, without its text. Every part is plain JSON; lists keep the order of the file,
 * which matters for groups and initiators (the first match decides, SPEC 6.3).
 */
export interface ScstConfig {
  /** Attributes of SCST itself, e.g. `setup_id`. */
  readonly attributes: Attributes;
  readonly handlers: readonly HandlerConfig[];
  readonly targetDrivers: readonly TargetDriverConfig[];
  readonly deviceGroups: readonly DeviceGroupConfig[];
  /** Attributes of `device_groups` itself (the ALUA section). */
  readonly alua: Attributes;
}

/** Attribute values by name, as the kernel takes them; a list for an attribute given several times. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type AttributeValue = string | readonly string[];

/** HANDLER: a device handler, its attributes and devices. */
export interface HandlerConfig {
  readonly name: string;
  readonly attributes: Attributes;
  readonly devices: readonly DeviceConfig[];
}

/** DEVICE: a virtual device, or a SCSI device as `H:C:I:L`. Attributes the handler takes as parameters of `add_device` are given there. */
export interface DeviceConfig {
  readonly name: string;
  readonly attributes: Attributes;
}

/** TARGET_DRIVER */
export interface TargetDriverConfig {
  readonly name: string;
  readonly attributes: Attributes;
  readonly targets: readonly TargetConfig[];
}

/** TARGET of a target driver. */
export interface TargetConfig {
  readonly name: string;
  /** HW_TARGET: the target is hardware, it is there or not and cannot be made. */
  readonly hardware: boolean;
  readonly attributes: Attributes;
  /** Sessions of scst_local (`session_name`). */
  readonly sessions: readonly SessionConfig[];
  readonly luns: readonly LunConfig[];
  readonly groups: readonly GroupConfig[];
}

/** A session of scst_local: one SCSI host. */
export interface SessionConfig {
  /** The initiator name. */
  readonly name: string;
  /** The TransportID as hexadecimal bytes; undefined leaves the one the session gets by itself. */
  readonly transportId?: string | undefined;
}

/** LUN of a target or of a group. */
export interface LunConfig {
  /** 0…16383 */
  readonly lun: number;
  readonly device: string;
  /** Parameters of the LUN: `read_only`. */
  readonly attributes: Attributes;
}

/** GROUP: the LUNs some initiators see in place of the target's. */
export interface GroupConfig {
  readonly name: string;
  readonly attributes: Attributes;
  readonly luns: readonly LunConfig[];
  readonly initiators: readonly InitiatorConfig[];
}

/** INITIATOR: a name or a pattern (SPEC 6.4). */
export interface InitiatorConfig {
  readonly name: string;
  readonly attributes: Attributes;
}

/** DEVICE_GROUP (ALUA) */
export interface DeviceGroupConfig {
  readonly name: string;
  readonly attributes: Attributes;
  readonly devices: readonly string[];
  readonly targetGroups: readonly TargetGroupConfig[];
}

/** TARGET_GROUP (ALUA) */
export interface TargetGroupConfig {
  readonly name: string;
  readonly attributes: Attributes;
  readonly targets: readonly TargetGroupTargetConfig[];
}

/** TARGET of a target group: one of this machine by its name, or one of another machine with its `rel_tgt_id`. */
export interface TargetGroupTargetConfig {
  readonly name: string;
  readonly attributes: Attributes;
}

/** The values of an attribute as a list. */
export const valuesOf = (value: AttributeValue | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** The one value of an attribute: the last, when there are several. */
export const valueOf = (attributes: Attributes, name: string): string | undefined =>
  Object.hasOwn(attributes, name) ? valuesOf(attributes[name]).at(-1) : undefined;

/** Inherits nothing, as what `Object.create(null)` gives, but takes a sixth of its memory: a large file has as many as LUNs. */
class Bare {
  [name: string]: string | string[];
}
Object.setPrototypeOf(Bare.prototype, null);
Reflect.deleteProperty(Bare.prototype, 'constructor');

/** Attributes from pairs in order; a name that comes again gets a list. Safe for any name, `__proto__` included. */
export const attributesOf = (pairs: Iterable<readonly [name: string, value: string]>): Attributes => {
  const attributes = new Bare();
  for (const [name, value] of pairs) {
    const present = attributes[name];
    if (present === undefined) attributes[name] = value;
    else if (typeof present === 'string') attributes[name] = [present, value];
    else present.push(value);
  }
  return attributes;
};

/** Name and value of every attribute, a list as several pairs. */
export const pairsOf = (attributes: Attributes): [name: string, value: string][] =>
  Object.entries(attributes).flatMap(([name, value]) => valuesOf(value).map((one): [string, string] => [name, one]));

/** A configuration that says nothing. */
export const EMPTY_CONFIG: ScstConfig = { attributes: attributesOf([]), handlers: [], targetDrivers: [], deviceGroups: [], alua: attributesOf([]) };
