import { readAttribute } from '@scst/sysfs';
import { type Context } from '../../context.js';
import { directories, links, orGone } from '../../paths.js';
import { type Effect } from '../effect.js';
import { type SessionPlace, sessionPlaces } from '../find-uses.js';
import { deviceEffect, wordsOf } from './objects.js';
import { shrinks } from './shrinks.js';

type AttributeEffect = (context: Context, groups: Readonly<Record<string, string>>, text: string) => Promise<Effect | undefined>;

/** Who a disk says it is: initiators that find another under its address give it up, or take it for another. */
const IDENTITY = 't10_dev_id|usn|naa_id|eui64_id|scsi_device_name|t10_vend_id|prod_id|vend_specific_id';

/** States of ALUA in which a device can be read and written. */
const ACCESSIBLE: ReadonlySet<string> = new Set(['active', 'nonoptimized']);

/** The attributes whose writes can take a device away, by the patterns of their paths. */
export const attributeEffect = (target: string, set: string): (readonly [path: string, effect: AttributeEffect])[] => [
  [`${target}/enabled`, (context, { target: path = '', name = '' }, text) => whenZero(text, async () => ({ what: `target ${name}`, sessions: await sessionPlaces(context, path) }))],
  [
    'targets/(?<driver>[^/]+)/enabled',
    (context, { driver = '' }, text) =>
      whenZero(text, async () => ({ what: `what the driver ${driver} serves`, sessions: (await Promise.all(((await orGone(() => directories(context.tree, `targets/${driver}`))) ?? []).map((name) => sessionPlaces(context, `targets/${driver}/${name}`)))).flat() })),
  ],
  [`${target}/rel_tgt_id`, async (context, { target: path = '', name = '' }, text) => (await isSame(context, `${path}/rel_tgt_id`, text) ? undefined : { what: `the port of target ${name}`, sessions: await sessionPlaces(context, path) })],
  [
    `${set}/black_hole`,
    async (context, { target: path = '', set: of = '', name = '', group }, text) =>
      /^[1-4]/u.test(text) ? { what: group === undefined ? `target ${name}` : `group ${group} of target ${name}`, sessions: await sessionPlaces(context, path), only: [{ set: `${of}/luns`, lun: undefined }] } : undefined,
  ],
  [`${target}/sessions/(?<session>[^/]+)/force_close`, (_, groups) => Promise.resolve({ what: `session ${groups['session'] ?? ''}`, sessions: [place(groups)], goes: true })],
  [`${target}/sessions/(?<session>[^/]+)/transport_id`, (_, groups) => Promise.resolve({ what: `who session ${groups['session'] ?? ''} is`, sessions: [place(groups)] })],
  ['devices/(?<device>[^/]+)/active', (context, { device = '' }, text) => whenZero(text, () => deviceEffect(context, device, `device ${device}`))],
  ['devices/(?<device>[^/]+)/filename', async (context, { device = '' }, text) => ((await isSame(context, `devices/${device}/filename`, text)) ? undefined : deviceEffect(context, device, `the file of device ${device}`))],
  [
    'devices/(?<device>[^/]+)/(?<attribute>size|size_mb|resync_size)',
    async (context, { device = '', attribute = '' }, text) => ((await shrinks(context, device, attribute, text)) ? deviceEffect(context, device, `the end of device ${device}`) : undefined),
  ],
  [
    `devices/(?<device>[^/]+)/(?<attribute>${IDENTITY})`,
    async (context, { device = '', attribute = '' }, text) => ((await isSame(context, `devices/${device}/${attribute}`, text)) ? undefined : deviceEffect(context, device, `who device ${device} is`)),
  ],
  [
    'device_groups/(?<group>[^/]+)/target_groups/(?<ports>[^/]+)/state',
    async (context, { group = '', ports = '' }, text) => {
      const state = text.trim();
      return ACCESSIBLE.has(state) ? undefined : groupEffect(context, group, await targetsOf(context, group, ports), `what target group ${ports} gives`);
    },
  ],
  [
    'device_groups/(?<group>[^/]+)/target_groups/(?<ports>[^/]+)/mgmt',
    async (context, { group = '', ports = '' }, text) => {
      const [word, name = ''] = wordsOf(text);
      return word !== 'add' || (await isAccessible(context, group, ports)) ? undefined : groupEffect(context, group, [name], `target ${name}`);
    },
  ],
  [
    'device_groups/(?<group>[^/]+)/devices/mgmt',
    async (context, { group = '' }, text) => {
      const [word, name = ''] = wordsOf(text);
      if (word !== 'add') return undefined;
      const groups = (await orGone(() => directories(context.tree, `device_groups/${group}/target_groups`))) ?? [];
      const accessible = await Promise.all(groups.map((ports) => isAccessible(context, group, ports)));
      return accessible.every(Boolean) ? undefined : deviceEffect(context, name, `device ${name}`);
    },
  ],
];

const whenZero = async (text: string, effect: () => Promise<Effect>): Promise<Effect | undefined> => (/^\s*[+-]?0*\s*$/u.test(text) ? await effect() : undefined);

const isSame = async ({ tree }: Context, path: string, text: string): Promise<boolean> => (await orGone(() => readAttribute(tree, path)))?.value === text.trim();

const place = ({ target = '', name = '', session = '' }: Readonly<Record<string, string>>): SessionPlace => ({ path: `${target}/sessions/${session}`, target: name, name: session });

const isAccessible = async ({ tree }: Context, group: string, ports: string): Promise<boolean> => {
  const state = await orGone(() => readAttribute(tree, `device_groups/${group}/target_groups/${ports}/state`));
  return state === undefined || ACCESSIBLE.has(state.value);
};

/** Names of the targets of this machine in a target group. */
const targetsOf = async ({ tree }: Context, group: string, ports: string): Promise<string[]> => (await orGone(() => links(tree, `device_groups/${group}/target_groups/${ports}`))) ?? [];

/** The devices of a group, through targets of certain names. */
const groupEffect = async (context: Context, group: string, targets: readonly string[], what: string): Promise<Effect> => {
  const devices = (await orGone(() => links(context.tree, `device_groups/${group}/devices`))) ?? [];
  const effects = await Promise.all(devices.map((device) => deviceEffect(context, device, what)));
  const sessions = new Map(effects.flatMap((effect) => effect.sessions).filter(({ target }) => targets.includes(target)).map((session) => [session.path, session]));
  return { what, sessions: [...sessions.values()], only: effects.flatMap(({ only = [] }) => only) };
};
