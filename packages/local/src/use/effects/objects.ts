import { parseKernelNumber, readAttribute } from '@scst/sysfs';
import { type Context } from '../../context.js';
import { shownTo } from '../../exports.js';
import { directoryName, orGone } from '../../paths.js';
import { type Effect } from '../effect.js';
import { type SessionPlace, sessionPlaces } from '../find-uses.js';

/** The words of a management command. */
export const wordsOf = (text: string): string[] => text.split(/[\s;=]+/u).filter((word) => word !== '');

/** `targets/DRIVER/mgmt`: `del_target`, `del_session`. */
export const driverCommandEffect = async (context: Context, { driver = '' }: Readonly<Record<string, string>>, text: string): Promise<Effect | undefined> => {
  const [word, name = '', initiator = ''] = wordsOf(text);
  const sessions = await sessionPlaces(context, `targets/${driver}/${directoryName(name)}`);
  if (word === 'del_target') return { what: `target ${name}`, sessions, goes: true };
  if (word !== 'del_session') return undefined;
  const named = (await Promise.all(sessions.map(async (session) => ((await initiatorOf(context, session)) === initiator ? session : undefined)))).filter((session) => session !== undefined);
  return { what: `session ${initiator}`, sessions: named, goes: true };
};

/** `luns/mgmt`: `del`, `replace`, `clear`. */
export const lunCommandEffect = async (context: Context, { target = '', set = '', name = '', group }: Readonly<Record<string, string>>, text: string): Promise<Effect | undefined> => {
  const [word = '', first = '', second = ''] = wordsOf(text);
  const number = word === 'del' ? first : word === 'replace' || word === 'replace_no_ua' ? second : undefined;
  if (number === undefined && word !== 'clear') return undefined;
  const parsed = number === undefined ? undefined : parseKernelNumber(number, 'ulong');
  // A number that SCST does not understand it refuses.
  if (typeof parsed === 'string') return undefined;
  const whose = group === undefined ? `target ${name}` : `group ${group} of target ${name}`;
  return {
    what: parsed === undefined ? `what ${whose} exports` : `LUN ${parsed} of ${whose}`,
    sessions: await sessionPlaces(context, target),
    only: [{ set: `${set}/luns`, lun: parsed === undefined ? undefined : Number(parsed) }],
  };
};

/** `handlers/HANDLER/mgmt`: `del_device`. */
export const handlerCommandEffect = async (context: Context, _: Readonly<Record<string, string>>, text: string): Promise<Effect | undefined> => {
  const [word, name = ''] = wordsOf(text);
  return word === 'del_device' ? await deviceEffect(context, name, `device ${name}`) : undefined;
};

/** What concerns a device as a whole: the LUNs that show it. */
export const deviceEffect = async (context: Context, name: string, what: string): Promise<Effect> => ({ what, ...(await orGone(() => shownTo(context, `devices/${directoryName(name)}`))) ?? { sessions: [], only: [] } });

/** The initiator's name of a session; undefined once it has gone. */
export const initiatorOf = async ({ tree }: Context, { path }: SessionPlace): Promise<string | undefined> => await orGone(async () => (await readAttribute(tree, `${path}/initiator_name`)).value);
