import { type DigestName, type TargetParameters } from '@scst/iscsi';
import { type IscsiTargetSettings } from '../settings.js';

/** Settings of a target while its block is read. */
export type Draft = Writable<Omit<IscsiTargetSettings, 'parameters'>> & { parameters: Writable<TargetParameters> };

type Writable<T> = { -readonly [name in keyof T]: T[name] };

/** An attribute of a target of iscsi-scst. */
export interface TargetAttribute {
  readonly name: string;
  /** What a value may be, for messages. */
  readonly expected: string;
  /** Puts a value into the settings. False: it is none. */
  readonly take: (draft: Draft, value: string) => boolean;
}

type NumberKey = {
  [name in keyof TargetParameters]-?: Exclude<TargetParameters[name], undefined> extends number ? name : never;
}[keyof TargetParameters];

const number = (name: string, key: NumberKey, [least, most]: readonly [number, number]): TargetAttribute => ({
  name,
  expected: `a number from ${least} to ${most}`,
  take: (draft, text) => {
    const value = parseNumber(text, least, most);
    if (value !== undefined) draft.parameters[key] = value;
    return value !== undefined;
  },
});

const yesNo = (name: string, key: 'initialR2T' | 'immediateData'): TargetAttribute => ({
  name,
  expected: 'Yes or No',
  take: (draft, text) => {
    const value = /^(?:yes|1)$/iu.test(text) ? true : /^(?:no|0)$/iu.test(text) ? false : undefined;
    if (value !== undefined) draft.parameters[key] = value;
    return value !== undefined;
  },
});

const flag = (name: string, take: (draft: Draft, value: boolean) => void): TargetAttribute => ({
  name,
  expected: '0 or 1',
  take: (draft, text) => {
    if (text !== '0' && text !== '1') return false;
    take(draft, text === '1');
    return true;
  },
});

const digest = (name: string, key: 'headerDigest' | 'dataDigest'): TargetAttribute => ({
  name,
  expected: 'None, CRC32C or both with a comma between them',
  take: (draft, text) => {
    const names = text.split(',').map((word) => DIGESTS.get(word.trim().toLowerCase()));
    const known = names.filter((one) => one !== undefined);
    if (known.length < names.length) return false;
    draft.parameters[key] = known;
    return true;
  },
});

const DIGESTS: ReadonlyMap<string, DigestName> = new Map([['none', 'None'], ['crc32c', 'CRC32C']]);

/** Bounds of lengths (RFC 7143 13). */
const LENGTH = [512, 16_777_215] as const;
const SECONDS = [0, 3600] as const;

/** Attributes of a target by the names they have in iscsi-scst. */
export const TARGET_ATTRIBUTES: ReadonlyMap<string, TargetAttribute> = new Map(
  [
    flag('enabled', (draft, value) => { draft.enabled = value; }),
    flag('per_portal_acl', (draft, value) => { draft.perPortalAcl = value; }),
    digest('HeaderDigest', 'headerDigest'),
    digest('DataDigest', 'dataDigest'),
    yesNo('InitialR2T', 'initialR2T'),
    yesNo('ImmediateData', 'immediateData'),
    number('MaxRecvDataSegmentLength', 'maxRecvDataSegmentLength', LENGTH),
    number('MaxXmitDataSegmentLength', 'maxXmitDataSegmentLength', LENGTH),
    number('MaxBurstLength', 'maxBurstLength', LENGTH),
    number('FirstBurstLength', 'firstBurstLength', LENGTH),
    number('MaxOutstandingR2T', 'maxOutstandingR2T', [1, 65_535]),
    number('MaxConnections', 'maxConnections', [1, 65_535]),
    number('QueuedCommands', 'queuedCommands', [1, 1024]),
    number('NopInInterval', 'nopInInterval', SECONDS),
    number('NopInTimeout', 'nopInTimeout', SECONDS),
    number('RspTimeout', 'responseTimeout', SECONDS),
    {
      name: 'MaxSessions',
      expected: 'a number; 0 for no limit',
      take: (draft: Draft, text: string) => {
        const value = parseNumber(text, 0, 65_535);
        draft.maxSessions = value === 0 ? undefined : value;
        return value !== undefined;
      },
    },
    {
      name: 'redirect',
      expected: 'ADDRESS[:PORT] temp, or ADDRESS[:PORT] perm',
      take: (draft: Draft, text: string) => {
        const [, bracketed, plain, port, kind] = /^(?:\[([^\]]+)\]|([^\s:]+))(?::(\d+))?\s+(temp|perm)$/u.exec(text) ?? [];
        const address = bracketed ?? plain;
        if (address === undefined) return false;
        draft.redirect = { address, port: port === undefined ? undefined : Number(port), permanent: kind === 'perm' };
        return true;
      },
    },
    {
      name: 'alias',
      expected: 'up to 255 bytes',
      take: (draft: Draft, text: string) => {
        draft.alias = text;
        return Buffer.byteLength(text) <= 255;
      },
    },
  ].map((attribute) => [attribute.name, attribute]),
);

const parseNumber = (text: string, least: number, most: number): number | undefined => {
  const value = /^\d{1,10}$/u.test(text) ? Number(text) : undefined;
  return value === undefined || value < least || value > most ? undefined : value;
};
