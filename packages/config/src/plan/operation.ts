import { type Location } from '../model/locator.js';

/**
 * The stages of an apply, in order: what goes goes first, in reverse order of what comes; what comes is complete before
 * initiators can see it; targets and drivers are enabled last.
 */
export const PHASES = [
  'modules',
  'disable',
  'alua-removal',
  'initiator-removal',
  'session-removal',
  'lun-removal',
  'group-removal',
  'attribute-removal',
  'target-removal',
  'device-removal',
  'global',
  'handlers',
  'devices',
  'drivers',
  'targets',
  'target-attributes',
  'groups',
  'luns',
  'initiators',
  'alua',
  'sessions',
  'enable-targets',
  'enable-drivers',
] as const;

export type Phase = (typeof PHASES)[number];

/** What an operation is. */
export type OperationKind =
  | 'load-module'
  | 'set-attribute'
  | 'add-device'
  | 'remove-device'
  | 'add-dynamic-attribute'
  | 'remove-dynamic-attribute'
  | 'add-target'
  | 'remove-target'
  | 'create-group'
  | 'remove-group'
  | 'add-lun'
  | 'replace-lun'
  | 'remove-lun'
  | 'add-initiator'
  | 'remove-initiator'
  | 'move-initiator'
  | 'add-session'
  | 'remove-session'
  | 'set-transport-id'
  | 'create-device-group'
  | 'remove-device-group'
  | 'add-group-device'
  | 'remove-group-device'
  | 'create-target-group'
  | 'remove-target-group'
  | 'add-group-target'
  | 'remove-group-target';

/** One write to the tree. */
export interface TreeWrite {
  /** Path below the tree's root. */
  readonly path: string;
  /** The text, as names are written; for `encoding: 'hex'` the bytes in hexadecimal. */
  readonly data: string;
  readonly encoding?: 'text' | 'hex' | undefined;
}

/** How the tree looks when an operation has nothing left to do. */
export type Goal =
  | { readonly type: 'present'; readonly path: string }
  | { readonly type: 'absent'; readonly path: string }
  /** A link that leads to something of this name. */
  | { readonly type: 'link'; readonly path: string; readonly name: string }
  | { readonly type: 'value'; readonly path: string; readonly attribute: string; readonly value: string }
  | { readonly type: 'bytes'; readonly path: string; readonly hex: string }
  /** Nothing to look at. */
  | { readonly type: 'none' };

/** Whom an operation takes something away from. Nothing of it may be in use, unless `force` is given. */
export interface Affected {
  /** A device that goes, or goes away for a moment. */
  readonly device?: string | undefined;
  /** Path of a target: its sessions. */
  readonly target?: string | undefined;
  /** Only the sessions that use this set of LUNs (path of a `luns` directory). */
  readonly luns?: string | undefined;
  /** Only commands of this LUN. */
  readonly lun?: number | undefined;
  /** Only this session (name of its directory). */
  readonly session?: string | undefined;
}

/** One step of a plan, as data: it can be printed, stored, reviewed and then run. */
export interface Operation {
  /** Number within the plan. */
  readonly id: number;
  readonly kind: OperationKind;
  readonly phase: Phase;
  /** Operations of one lane run one after another, others of a phase at the same time. */
  readonly lane: string;
  /** What it is about: `TARGET_DRIVER scst_local / TARGET t / LUN 0`. */
  readonly subject: string;
  /** What it does, for people; secrets are left out. */
  readonly summary: string;
  /** The value there was, for people. */
  readonly before?: string | undefined;
  /** The value there will be, for people. */
  readonly after?: string | undefined;
  /** The write that does it. A module is loaded without one. */
  readonly write: TreeWrite | undefined;
  /** The module to load. */
  readonly module?: string | undefined;
  /** The writes that take it back, in order. */
  readonly undo: readonly TreeWrite[];
  readonly goal: Goal;
  /** Operations (by id) that must have succeeded before. */
  readonly needs: readonly number[];
  readonly affects?: Affected | undefined;
  /** Where the file asks for it. */
  readonly location: Location;
}

/** An operation the plan holds back, and why. */
export interface BlockedOperation {
  readonly operation: Operation;
  readonly reason: string;
  /** What would let it through. */
  readonly hint?: string | undefined;
}

/** Something the configuration asks for that the tree has no place for. */
export interface IgnoredSetting {
  readonly subject: string;
  readonly attribute: string;
  readonly reason: string;
  readonly location: Location;
}

/** What is to be done so that a tree is as a configuration says. */
export interface Plan {
  /** In the order in which they are run. */
  readonly operations: readonly Operation[];
  /** What would have to be done, but may not be without `force`. */
  readonly blocked: readonly BlockedOperation[];
  readonly ignored: readonly IgnoredSetting[];
}

/** True for operations that take something away. */
export const isRemoval = ({ kind }: Operation): boolean => kind.startsWith('remove-');
