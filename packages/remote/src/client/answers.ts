import type { LoadedModule, ModuleInfo, ModuleParameterInfo, SysfsEntry, SysfsEntryType, SysfsStat } from '@scst/sysfs';
import { field } from '../protocol/error-json.js';
import { RemoteError } from '../protocol/remote-error.js';

/** Takes the server's JSON apart; every function throws RemoteError `ERR_PROTOCOL` for what has another form. */
const unexpected = (what: string): RemoteError => new RemoteError('ERR_PROTOCOL', `the server’s answer has no ${what}`);

export const textOf = (json: unknown, name: string): string => {
  const value = field(json, name);
  if (typeof value !== 'string') throw unexpected(name);
  return value;
};

export const numberOf = (json: unknown, name: string): number => {
  const value = field(json, name);
  if (typeof value !== 'number') throw unexpected(name);
  return value;
};

const listOf = (json: unknown, name: string): unknown[] => {
  const value = field(json, name);
  if (!Array.isArray(value)) throw unexpected(name);
  return value;
};

const textsOf = (json: unknown, name: string): string[] =>
  listOf(json, name).map((value) => {
    if (typeof value !== 'string') throw unexpected(name);
    return value;
  });

const optionalText = (json: unknown, name: string): string | undefined => (field(json, name) === undefined ? undefined : textOf(json, name));

const typeOf = (json: unknown): SysfsEntryType => {
  const type = textOf(json, 'type');
  if (type !== 'file' && type !== 'directory' && type !== 'link') throw unexpected('type');
  return type;
};

export const statOf = (json: unknown): SysfsStat => ({
  type: typeOf(json),
  mode: numberOf(json, 'mode'),
  size: numberOf(json, 'size'),
  nlink: numberOf(json, 'nlink'),
  uid: numberOf(json, 'uid'),
  gid: numberOf(json, 'gid'),
});

export const entriesOf = (json: unknown): SysfsEntry[] => listOf(json, 'entries').map((entry) => ({ name: textOf(entry, 'name'), type: typeOf(entry) }));

export const loadedModulesOf = (json: unknown): LoadedModule[] =>
  listOf(json, 'modules').map((module) => ({ name: textOf(module, 'name'), version: optionalText(module, 'version'), usedBy: textsOf(module, 'usedBy') }));

export const moduleInfoOf = (json: unknown): ModuleInfo => ({
  name: textOf(json, 'name'),
  loaded: field(json, 'loaded') === true,
  version: optionalText(json, 'version'),
  description: optionalText(json, 'description'),
  author: optionalText(json, 'author'),
  license: optionalText(json, 'license'),
  depends: textsOf(json, 'depends'),
  parameters: listOf(json, 'parameters').map(
    (parameter): ModuleParameterInfo => ({
      name: textOf(parameter, 'name'),
      type: optionalText(parameter, 'type'),
      description: optionalText(parameter, 'description'),
      default: optionalText(parameter, 'default'),
      value: optionalText(parameter, 'value'),
    }),
  ),
});
