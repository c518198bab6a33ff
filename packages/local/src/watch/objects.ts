/** What a device is, as far as its changes are watched. */
export interface DeviceObject {
  readonly kind: 'device';
  readonly path: string;
  readonly device: string;
  /** Undefined for a pass-through device that no handler has taken. */
  readonly handler: string | undefined;
  readonly file: string | undefined;
  /** Bytes, as SCST shows them; undefined for pass-through devices. */
  readonly size: string | undefined;
  readonly readOnly: boolean | undefined;
  /** False while the backing file is closed; undefined for devices that are not opened and closed. */
  readonly active: boolean | undefined;
}

export interface TargetObject {
  readonly kind: 'target';
  readonly path: string;
  readonly driver: string;
  readonly target: string;
  /** Undefined for drivers whose targets are always on. */
  readonly enabled: boolean | undefined;
}

export interface GroupObject {
  readonly kind: 'group';
  readonly path: string;
  readonly driver: string;
  readonly target: string;
  readonly group: string;
}

/** An initiator's name, or a pattern, in a group. */
export interface InitiatorObject {
  readonly kind: 'initiator';
  readonly path: string;
  readonly driver: string;
  readonly target: string;
  readonly group: string;
  readonly initiator: string;
}

export interface LunObject {
  readonly kind: 'lun';
  readonly path: string;
  readonly driver: string;
  readonly target: string;
  /** Undefined: one of the target's own. */
  readonly group: string | undefined;
  readonly lun: number;
  readonly device: string;
  readonly readOnly: boolean;
}

export interface SessionObject {
  readonly kind: 'session';
  readonly path: string;
  readonly driver: string;
  readonly target: string;
  readonly session: string;
  readonly initiator: string;
  /** The group whose LUNs it sees; undefined: the target's own. */
  readonly group: string | undefined;
  /** Number of its SCSI host. */
  readonly host: number | undefined;
}

export interface DeviceGroupObject {
  readonly kind: 'device-group';
  readonly path: string;
  readonly deviceGroup: string;
  readonly devices: readonly string[];
}

/** A target port group (ALUA). */
export interface TargetGroupObject {
  readonly kind: 'target-group';
  readonly path: string;
  readonly deviceGroup: string;
  readonly targetGroup: string;
  /** `active`, `nonoptimized`, `standby` … */
  readonly state: string | undefined;
  readonly preferred: boolean | undefined;
  readonly targets: readonly string[];
}

/** An object of an SCST. Its path, relative to the tree's root, is its identity; the members beyond it are what may change. */
export type ScstObject = DeviceObject | TargetObject | GroupObject | InitiatorObject | LunObject | SessionObject | DeviceGroupObject | TargetGroupObject;

export type ObjectKind = ScstObject['kind'];

/** In the order in which they are built up. */
export const OBJECT_KINDS = ['device', 'target', 'group', 'initiator', 'lun', 'session', 'device-group', 'target-group'] as const satisfies readonly ObjectKind[];

/** All objects of an SCST at one moment, by their paths. */
export type ScstState = ReadonlyMap<string, ScstObject>;
