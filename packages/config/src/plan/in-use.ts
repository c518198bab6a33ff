import { type TreeReader } from '@scst/sysfs';
import { type Affected } from './operation.js';

/** A device or session somebody may be using. */
export type InUseSubject =
  | { readonly kind: 'device'; readonly device: string }
  | {
      readonly kind: 'session';
      readonly driver: string;
      readonly target: string;
      /** Name of the session's directory. */
      readonly session: string;
      readonly initiator: string | undefined;
      /** The one LUN of it that matters; undefined: all of the session. */
      readonly lun: number | undefined;
    };

/** Says whether a device or session is in use: `true`, or why. */
export type InUse = (subject: InUseSubject) => boolean | string | Promise<boolean | string>;

/**
 * Why what an operation affects is in use: active commands, or what the caller says. Undefined when it is not.
 *
 * The answers of one reader are of one moment: each run that has to know anew takes a new one.
 */
export const findUse = async (reader: TreeReader, affected: Affected, inUse: InUse | undefined, memory = new Map<string, Promise<string | undefined>>()): Promise<string | undefined> => {
  const { device, target, luns, lun, session } = affected;
  if (device !== undefined) {
    const reason = (await once(memory, `device:${device}`, () => ask(inUse, { kind: 'device', device }))) ?? (target === undefined ? await findDeviceUse(reader, device, inUse, memory) : undefined);
    if (reason !== undefined) return reason;
  }
  if (target === undefined) return undefined;
  const sessions = session === undefined ? await reader.names(`${target}/sessions`) : [session];
  const reasons = await Promise.all(sessions.map((name) => findSessionUse(reader, target, name, luns, lun, inUse, memory)));
  return reasons.find((reason) => reason !== undefined);
};

const once = (memory: Map<string, Promise<string | undefined>>, key: string, find: () => Promise<string | undefined>): Promise<string | undefined> => {
  const known = memory.get(key) ?? find();
  memory.set(key, known);
  return known;
};

const ask = async (inUse: InUse | undefined, subject: InUseSubject): Promise<string | undefined> => {
  const answer = await inUse?.(subject);
  if (answer === undefined || answer === false) return undefined;
  const what = subject.kind === 'device' ? `the device ${subject.device}` : `the session ${subject.session}${subject.lun === undefined ? '' : `, LUN ${subject.lun},`}`;
  return answer === true ? `${what} is in use` : `${what} is in use: ${answer}`;
};

/** Commands active on any LUN of a device. */
const findDeviceUse = async (reader: TreeReader, device: string, inUse: InUse | undefined, memory: Map<string, Promise<string | undefined>>): Promise<string | undefined> => {
  const directory = `devices/${device}/exported`;
  const exports = await reader.names(directory, 'link');
  const reasons = await Promise.all(
    exports.map(async (name) => {
      const path = await reader.leadsTo(`${directory}/${name}`);
      if (path === undefined || path.startsWith('targets/copy_manager/')) return undefined;
      const cut = path.lastIndexOf('/');
      const target = path.split('/').slice(0, 3).join('/');
      return findUse(reader, { target, luns: path.slice(0, cut), lun: Number(path.slice(cut + 1)) }, inUse, memory);
    }),
  );
  return reasons.find((reason) => reason !== undefined);
};

const findSessionUse = async (
  reader: TreeReader,
  target: string,
  session: string,
  luns: string | undefined,
  lun: number | undefined,
  inUse: InUse | undefined,
  memory: Map<string, Promise<string | undefined>>,
): Promise<string | undefined> => {
  const path = `${target}/sessions/${session}`;
  if (luns !== undefined && (await reader.leadsTo(`${path}/luns`)) !== luns) return undefined;
  const active = await reader.attribute(lun === undefined ? `${path}/active_commands` : `${path}/lun${lun}/active_commands`);
  if (active !== undefined && Number(active.value) > 0) return `the session ${session} has ${active.value} active commands${lun === undefined ? '' : ` on LUN ${lun}`}`;
  return once(memory, `session:${path}:${lun ?? ''}`, async () => {
    if (inUse === undefined) return undefined;
    const [, driver = '', name = ''] = target.split('/');
    const initiator = (await reader.attribute(`${path}/initiator_name`))?.value;
    return ask(inUse, { kind: 'session', driver, target: name, session, initiator, lun });
  });
};
