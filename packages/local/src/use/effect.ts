import { decodeName } from '@scst/sysfs';
import { type Context } from '../context.js';
import { attributeEffect } from './effects/attributes.js';
import { initiatorEffect } from './effects/initiators.js';
import { driverCommandEffect, handlerCommandEffect, lunCommandEffect } from './effects/objects.js';
import { type LunChoice, type SessionPlace } from './find-uses.js';

/** One write to the tree. */
export interface TreeWrite {
  /** Path below the tree's root. */
  readonly path: string;
  readonly data: Uint8Array | string;
}

/** What a write takes away from those who use it, or changes under them. */
export interface Effect {
  /** In words, for the error: `LUN 3 of target t`. */
  readonly what: string;
  readonly sessions: readonly SessionPlace[];
  /** The LUNs that it is about; undefined: all of the sessions. */
  readonly only?: readonly LunChoice[] | undefined;
  /** The sessions go, and with them their SCSI devices. */
  readonly goes?: boolean | undefined;
}

/** A kind of write that can take something away. */
interface Row {
  readonly path: RegExp;
  /** Undefined: this write takes nothing away. */
  readonly effect: (context: Context, groups: Readonly<Record<string, string>>, text: string) => Promise<Effect | undefined>;
}

const TARGET = String.raw`(?<target>targets/(?<driver>[^/]+)/(?<name>[^/]+))`;
const SET = String.raw`(?<set>${TARGET}(?:/ini_groups/(?<group>[^/]+))?)`;

/** Every write that can take a device in use away, or change it. What is not among these takes nothing away. */
const ROWS: readonly Row[] = [
  { path: /^targets\/(?<driver>[^/]+)\/mgmt$/u, effect: driverCommandEffect },
  { path: new RegExp(`^${SET}/luns/mgmt$`, 'u'), effect: lunCommandEffect },
  { path: new RegExp(`^${SET}/initiators/mgmt$`, 'u'), effect: initiatorEffect },
  { path: /^handlers\/(?<handler>[^/]+)\/mgmt$/u, effect: handlerCommandEffect },
  ...attributeEffect(TARGET, SET).map(([path, effect]): Row => ({ path: new RegExp(`^${path}$`, 'u'), effect })),
];

/** What a write takes away, or changes under who uses it; undefined where it does nothing of the kind. */
export const effectOf = async (context: Context, { path, data }: TreeWrite): Promise<Effect | undefined> => {
  for (const row of ROWS) {
    const match = row.path.exec(path);
    if (match !== null) return await row.effect(context, match.groups ?? {}, typeof data === 'string' ? data : decodeName(data));
  }
  return undefined;
};
