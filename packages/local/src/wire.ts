import { type StatisticsSample } from './statistics/sample.js';
import { type ObjectKind, type ScstObject } from './watch/objects.js';

/** What a member of a value that came over a socket must be; `?` may be missing. */
type Shape = Readonly<Record<string, Check>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const boolean: Check = (value) => typeof value === 'boolean';
const optional = (check: Check): Check => (value) => value === undefined || check(value);
const list = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const members = (shape: Shape): Check => (value) =>
  typeof value === 'object' && value !== null && Object.entries(shape).every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));

const IN_TARGET = { path: text, driver: text, target: text };

const OBJECT_SHAPES: Readonly<Record<ObjectKind, Check>> = {
  device: members({ path: text, device: text, handler: optional(text), file: optional(text), size: optional(text), readOnly: optional(boolean), active: optional(boolean) }),
  target: members({ ...IN_TARGET, enabled: optional(boolean) }),
  group: members({ ...IN_TARGET, group: text }),
  initiator: members({ ...IN_TARGET, group: text, initiator: text }),
  lun: members({ ...IN_TARGET, group: optional(text), lun: number, device: text, readOnly: boolean }),
  session: members({ ...IN_TARGET, session: text, initiator: text, group: optional(text), host: optional(number) }),
  'device-group': members({ path: text, deviceGroup: text, devices: list(text) }),
  'target-group': members({ path: text, deviceGroup: text, targetGroup: text, state: optional(text), preferred: optional(boolean), targets: list(text) }),
};

/** Whether a value, come over a socket, is a list of {@link ScstObject}s. */
export const isStateList = (value: unknown): value is ScstObject[] =>
  Array.isArray(value) &&
  value.every((object: unknown) => {
    const kind: unknown = typeof object === 'object' && object !== null && 'kind' in object ? object.kind : undefined;
    return typeof kind === 'string' && Object.hasOwn(OBJECT_SHAPES, kind) && OBJECT_SHAPES[kind as ObjectKind](object);
  });

const totals = members({ commands: number, bytes: number });
const io = members({ read: totals, write: totals, other: totals, latency: optional(members({ commands: number, microseconds: number })) });
const lun = members({ lun: number, device: optional(text), active: number, io: optional(io) });
const session = members({ ...IN_TARGET, session: text, initiator: text, group: optional(text), host: optional(number), active: number, io, luns: list(lun) });
const sample = members({ at: number, measuresLatency: boolean, sessions: list(session) });

/** Whether a value, come over a socket, is a {@link StatisticsSample}. */
export const isSample = (value: unknown): value is StatisticsSample => sample(value);
