import { type ScstEvent, type ScstObject } from '@scst/local';
import { type Command, Option } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { type JsonValue } from '../output/json.js';
import { parseInterval } from '../terminal/interval.js';

interface EventsFlags {
  readonly initial?: boolean;
  readonly interval?: number;
}

export const addEventsCommand = (program: Command, context: Context): void => {
  const command = program
    .command('events')
    .description('tell what comes, goes and changes: devices, targets, groups, LUNs, sessions, ALUA states')
    .option('--initial', 'tell first of what is there; a line “ready” ends that')
    .addOption(new Option('-i, --interval <seconds>', 'time between two looks (default: 1; 0.2 where the SCST is in user space)').argParser(parseInterval))
    .action(async ({ initial = false, interval }: EventsFlags) => {
      await context.withScst(async (scst) => {
        for await (const event of scst.events({ signal: context.signal, initial, interval })) {
          if (context.json) context.out.jsonLine(eventJson(event));
          else context.out.line(eventText(event));
          await context.out.flush();
          if (context.out.closed) return;
        }
      });
    });
  annotate(command, {
    text: [
      'SCST tells nobody of its own accord: the tree is looked at every interval, and what comes and goes in between is not seen. Looking takes at most a tenth of the time, however large the tree is.',
    ],
    examples: [
      { command: 'scst-local events', does: 'a line each, until Ctrl-C' },
      { command: 'scst-local events --json --initial', does: 'what is there, and then what happens, as lines of JSON; nothing falls in between' },
      { command: "scst-local events --json | jq 'select(.kind == \"session\")'", does: 'who comes and goes' },
    ],
  });
};

/** What `events --json` prints: the event, and the members of its object. */
export const eventJson = (event: ScstEvent): JsonValue => {
  const time = event.time.toISOString();
  if (event.type === 'ready') return { time, event: 'ready' };
  const object: { readonly [name: string]: JsonValue } = { ...event.object };
  if (event.type === 'changed') {
    const before: { readonly [name: string]: JsonValue } = { ...event.before };
    return { time, event: 'changed', ...object, changes: Object.fromEntries(event.changes.map((name) => [name, { before: before[name] ?? null, after: object[name] ?? null }])) };
  }
  return { time, event: event.type, ...(event.type === 'added' && event.initial ? { initial: true } : {}), ...object };
};

const eventText = (event: ScstEvent): string => {
  const time = event.time.toTimeString().slice(0, 8);
  if (event.type === 'ready') return `${time}  ready`;
  if (event.type !== 'changed') return `${time}  ${event.type.padEnd(7)}  ${objectText(event.object)}`;
  const before: Readonly<Record<string, unknown>> = { ...event.before };
  const after: Readonly<Record<string, unknown>> = { ...event.object };
  const changes = event.changes.map((name) => `${name} ${valueText(before[name])} → ${valueText(after[name])}`);
  return `${time}  changed  ${objectText(event.object)}: ${changes.join(', ')}`;
};

const objectText = (object: ScstObject): string => {
  switch (object.kind) {
    case 'device':
      return `device ${object.device}${object.handler === undefined ? '' : ` (${object.handler})`}`;
    case 'target':
      return `target ${targetText(object)}`;
    case 'group':
      return `group ${targetText(object)}/${object.group}`;
    case 'initiator':
      return `initiator ${object.initiator} of ${targetText(object)}/${object.group}`;
    case 'lun':
      return `LUN ${object.lun} of ${targetText(object)}${object.group === undefined ? '' : `/${object.group}`} → ${object.device}${object.readOnly ? ' (read-only)' : ''}`;
    case 'session':
      return `session ${targetText(object)}/${object.session}${object.group === undefined ? '' : ` (group ${object.group})`}`;
    case 'device-group':
      return `device group ${object.deviceGroup}`;
    case 'target-group':
      return `target group ${object.deviceGroup}/${object.targetGroup}${object.state === undefined ? '' : ` (${object.state})`}`;
  }
};

const targetText = ({ driver, target }: { driver: string; target: string }): string => `${driver === 'scst_local' ? '' : `${driver}:`}${target}`;

const valueText = (value: unknown): string => {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
};
