import { ConfigError } from '../errors.js';
import { CONTROL_CHARACTER } from '../syntax/characters.js';
import { type Document, type Statement } from '../syntax/document.js';
import { LineTable } from '../syntax/position.js';
import { print, printStatements } from '../syntax/print.js';
import {
  pairsOf,
  type Attributes,
  type DeviceGroupConfig,
  type GroupConfig,
  type HandlerConfig,
  type LunConfig,
  type ScstConfig,
  type TargetConfig,
  type TargetDriverConfig,
} from './config.js';
import { SESSION_TRANSPORT_ID } from './names.js';

/** The statements that say a configuration, in the order scstadmin writes them. */
export const toStatements = (config: ScstConfig): Statement[] => [
  ...attributeStatements(config.attributes),
  ...config.handlers.map(handlerStatement),
  ...config.targetDrivers.map(driverStatement),
  ...(Object.keys(config.alua).length === 0 ? [] : [section('ALUA', [], attributeStatements(config.alua))]),
  ...config.deviceGroups.map(deviceGroupStatement),
];

/** A document that says a configuration. */
export const toDocument = (config: ScstConfig, file?: string): Document => ({ source: '', statements: spaced(toStatements(config)), trailer: 0, lines: new LineTable(''), file });

/**
 * The text of a configuration: what `parse` reads back to the same.
 *
 * @throws ConfigError when a name or value has a newline or another control character, which no file can say.
 */
export const formatConfig = (config: ScstConfig): string => {
  const document = toDocument(config);
  const problem = findUnwritable(document.statements);
  if (problem !== undefined) {
    throw new ConfigError([{ severity: 'error', code: 'bad-value', message: `the value of “${problem.keyword}” has a control character, which scst.conf cannot hold`, place: problem.keyword }]);
  }
  return print(document);
};

/** True for text a file can hold within a word. */
export const isWritable = (word: string): boolean => !word.includes('\n') && !CONTROL_CHARACTER.test(word);

const findUnwritable = (statements: readonly Statement[]): Statement | undefined => {
  for (const statement of statements) {
    if (!statement.args.every(isWritable) || !isWritable(statement.keyword)) return statement;
    const inner = findUnwritable(statement.children ?? []);
    if (inner !== undefined) return inner;
  }
  return undefined;
};

const attribute = (name: string, value: string): Statement => ({ keyword: name, args: [value], children: undefined });

const section = (keyword: string, args: readonly string[], children: readonly Statement[]): Statement => ({
  keyword,
  args,
  children: children.length === 0 ? undefined : children,
});

const attributeStatements = (attributes: Attributes): Statement[] => pairsOf(attributes).map(([name, value]) => attribute(name, value));

const handlerStatement = ({ name, attributes, devices }: HandlerConfig): Statement =>
  section('HANDLER', [name], [...attributeStatements(attributes), ...devices.map((device) => section('DEVICE', [device.name], attributeStatements(device.attributes)))]);

const driverStatement = ({ name, attributes, targets }: TargetDriverConfig): Statement =>
  section('TARGET_DRIVER', [name], [...attributeStatements(attributes), ...targets.map(targetStatement)]);

const targetStatement = ({ name, hardware, attributes, sessions, luns, groups }: TargetConfig): Statement =>
  section('TARGET', [name], [
    ...(hardware ? [{ keyword: 'HW_TARGET', args: [], children: undefined }] : []),
    ...sessions.flatMap((session) => [
      attribute('session_name', session.name),
      ...(session.transportId === undefined ? [] : [attribute(SESSION_TRANSPORT_ID, `${session.name} ${session.transportId}`)]),
    ]),
    ...attributeStatements(attributes),
    ...luns.map(lunStatement),
    ...groups.map(groupStatement),
  ]);

const lunStatement = ({ lun, device, attributes }: LunConfig): Statement => section('LUN', [String(lun), device], attributeStatements(attributes));

const groupStatement = ({ name, attributes, luns, initiators }: GroupConfig): Statement =>
  section('GROUP', [name], [
    ...luns.map(lunStatement),
    ...initiators.map((initiator) => section('INITIATOR', [initiator.name], attributeStatements(initiator.attributes))),
    ...attributeStatements(attributes),
  ]);

const deviceGroupStatement = ({ name, attributes, devices, targetGroups }: DeviceGroupConfig): Statement =>
  section('DEVICE_GROUP', [name], [
    ...attributeStatements(attributes),
    ...devices.map((device) => section('DEVICE', [device], [])),
    ...targetGroups.map((group) =>
      section('TARGET_GROUP', [group.name], [
        ...attributeStatements(group.attributes),
        ...group.targets.map((target) => section('TARGET', [target.name], attributeStatements(target.attributes))),
      ]),
    ),
  ]);

/** An empty line before every section of the file but the first thing in it. */
const spaced = (statements: readonly Statement[]): Statement[] =>
  statements.map((statement, index) => (index > 0 && statement.args.length > 0 && isSection(statement) ? { ...statement, leadText: '\n' } : statement));

const isSection = ({ keyword }: Statement): boolean => keyword === 'HANDLER' || keyword === 'TARGET_DRIVER' || keyword === 'DEVICE_GROUP' || keyword === 'ALUA';

/** The text of one device, target or other part, for messages and diffs. */
export const formatStatements = (statements: readonly Statement[]): string => printStatements(statements);
