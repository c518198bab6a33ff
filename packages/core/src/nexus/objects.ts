import type { LogicalUnit, TaskAttribute } from '@scst/scsi';
import type { ByteString } from '../bytes.js';
import type { Clock } from '../clock.js';
import type { Profile } from '../profile.js';
import type { BlockStore, Storage } from '../store/block-store.js';
import type { DeviceServer } from './device-server.js';
import type { Nexus } from './nexus.js';

/**
 * What the data path sees of the control plane's objects. The objects of target/, device/, alua/ and core.ts satisfy these
 * shapes by structure; nothing here is implemented twice.
 */

/** SCST's per-direction command counters and latency tables count these. */
export type CountedDirection = 'read' | 'write' | 'bidi' | 'none' | 'unknown';

export interface CoreContext {
  readonly profile: Profile;
  readonly storage: Storage;
  readonly clock: Clock;
  /** Below which `vdev_mode_pages/` and `pr/` lie; default `/var/lib/scst`. */
  readonly stateDirectory: string;
  readonly measureLatency: boolean;
  readonly setupId: number;
  /** New commands wait while true. */
  readonly suspended: boolean;
  /** Calls back once, in the order of the calls, when commands may go on. */
  onResume(callback: () => void): void;
  allTargets(): Iterable<TargetObject>;
  readonly localStats: { aborts: number; deviceResets: number; targetResets: number };
}

export interface TargetObject {
  readonly driver: {
    readonly name: ByteString;
    /** PROTOCOL IDENTIFIER (SPC-5 table 503) of the driver's TransportIDs; absent: SAS. */
    readonly protocolIdentifier?: number;
    /** The copy manager's: devices may be copied that no target shows to the initiator. */
    readonly allowNotConnectedCopy?: boolean;
  };
  readonly name: ByteString;
  /** 0 until written. */
  readonly relTgtId: number;
  /** The version descriptor INQUIRY reports, 0BE0h (SAS) unless set. */
  readonly scsiTransportVersion: number;
  /** 0: no descriptor. */
  readonly physTransportVersion: number;
  readonly aenDisabled: boolean;
  /** Commands that come in were checked where they were sent from (`forward_dst`). */
  readonly forwarding?: boolean;
  readonly sgTablesize: number;
  readonly sessions: Iterable<SessionObject>;
  /** All sets of LUNs, the target's own first. */
  sets(): Iterable<AccessGroupObject>;
}

/** 0 off, 1 commands, 2 commands and task management, 3 commands with data, 4 commands with data and task management. */
export type BlackHole = 0 | 1 | 2 | 3 | 4;

export interface AccessGroupObject {
  readonly target: TargetObject;
  /** null: the target's own LUNs. */
  readonly name: ByteString | null;
  /** In the order in which they were mapped. */
  readonly luns: ReadonlyMap<number, LunObject>;
  readonly addrMethod: 'PERIPHERAL' | 'FLAT' | 'LUN';
  readonly blackHole: BlackHole;
  /** One of the group's patterns matches the initiator name. */
  claims(initiatorName: ByteString): boolean;
}

export interface LunObject {
  readonly set: AccessGroupObject;
  readonly number: number;
  readonly device: DeviceObject;
  /** As given when the LUN was added. */
  readonly readOnly: boolean;
  /** The LUN or its device is read-only. */
  readonly effectiveReadOnly: boolean;
}

export interface SessionObject {
  readonly target: TargetObject;
  readonly initiatorName: ByteString;
  readonly name: ByteString;
  /** N of the session, from 1, over the life of the target driver. */
  readonly number: number;
  readonly group: AccessGroupObject;
  /** By LUN. The session fills it; {@link Nexus} does not put itself there. */
  readonly nexuses: ReadonlyMap<number, Nexus>;
  /** The initiator port's TransportID as persistent reservations see it. */
  readonly transportId: Uint8Array;
  readonly counters: CommandCounters;
  /** Commands in flight, of mapped and unmapped LUNs alike. The data path counts it up and down. */
  activeCommands: number;
  /** Absent or null: nothing is measured. */
  readonly latency?: LatencyRecorder | null;
}

export interface CommandCounters {
  /** `bytes` of the data phase; `aligned`: position and length are multiples of 4096. */
  count(direction: CountedDirection, bytes: number, aligned: boolean): void;
}

export interface LatencyRecorder {
  record(direction: CountedDirection, bytes: number, microseconds: number, nexus: Nexus): void;
}

/** All devices. */
export interface DeviceObject {
  readonly name: ByteString;
  /** Peripheral device type. */
  readonly type: number;
  readonly handler: { readonly name: ByteString } | null;
  readonly exports: ReadonlyMap<number, LunObject>;
  readonly server: DeviceServer;
  /** Commands of one nexus in flight beyond which it gets TASK SET FULL (or BUSY). */
  readonly maxTgtDevCommands: number;
  readonly deviceGroup: DeviceGroupObject | null;
  /** What executes the commands. */
  readonly kind: DeviceKind;
}

export type VirtualDeviceKind = 'fileio' | 'blockio' | 'nullio' | 'cdrom';
export type DeviceKind = VirtualDeviceKind | 'passthrough';

/** SPEC sysfs 9.2, 9.3. */
export interface VirtualDeviceObject extends DeviceObject {
  readonly kind: VirtualDeviceKind;
  /** Bytes, a power of two. */
  readonly blockSize: number;
  /** Bytes; need not be a whole number of blocks. */
  readonly size: bigint;
  readonly readOnly: boolean;
  readonly writeThrough: boolean;
  readonly nvCache: boolean;
  readonly oDirect: boolean;
  readonly thinProvisioned: boolean;
  readonly removable: boolean;
  readonly rotational: boolean;
  readonly dummy: boolean;
  readonly readZero: boolean;
  readonly active: boolean;
  /** TST of the control mode page: 0 one task set for all nexuses, 1 one for each. */
  readonly tst: 0 | 1;
  readonly lbPerPbExp: boolean;
  /** Bytes. */
  readonly optTransLen: number;
  readonly explAlua: boolean;
  readonly bindAluaState: boolean;
  readonly clusterMode: boolean;
  readonly vendorId: ByteString;
  readonly productId: ByteString;
  readonly revision: ByteString;
  readonly vendSpecificId: ByteString;
  readonly deviceName: ByteString;
  readonly inqVendSpecific: ByteString;
  readonly t10DevId: ByteString;
  readonly usn: ByteString;
  readonly naaId: Uint8Array | null;
  readonly eui64Id: Uint8Array | null;
  /** null: not open, no medium, or a nullio device. */
  readonly store: BlockStore | null;
  /** Bytes that are written as a whole or not at all though the store cannot do that by itself; 0: none. */
  readonly atomicWriteLength: number;
  /** Writes so many to stable storage. Rejects with a `StoreError`. */
  writeAtomically(data: Uint8Array, position: number): Promise<void>;
}

/** A SCSI device of the machine, exported as it is. */
export interface PassThroughDeviceObject extends DeviceObject {
  readonly kind: 'passthrough';
  /** null: no handler holds it. */
  readonly logicalUnit: LogicalUnit | null;
}

export interface DeviceGroupObject {
  readonly targetGroups: ReadonlyMap<ByteString, TargetGroupObject>;
}

export type AluaState = 'active' | 'nonoptimized' | 'standby' | 'unavailable' | 'offline' | 'transitioning';

export interface TargetGroupObject {
  readonly groupId: number;
  readonly preferred: boolean;
  readonly state: AluaState;
  /** `state` was written at least once. */
  readonly stateWritten: boolean;
  /** In the order added. */
  readonly members: Iterable<{ readonly target: TargetObject | null; readonly name: ByteString; readonly relTgtId: number }>;
}

export function isPassThrough(device: DeviceObject): device is PassThroughDeviceObject {
  return device.kind === 'passthrough';
}

export function isVirtual(device: DeviceObject): device is VirtualDeviceObject {
  return device.kind !== 'passthrough';
}

export type { TaskAttribute };
