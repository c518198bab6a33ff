import type { ModuleParameterInfo } from './module-control.js';

/** What modinfo(8) tells of a module. */
export interface ModinfoFields {
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: string | undefined;
  readonly license?: string | undefined;
  readonly depends: readonly string[];
  readonly parameters: readonly ModuleParameterInfo[];
}

/**
 * Parses the output of `modinfo -0`: `field: value` records ended by NUL. A parameter is `parm: name:description (type)`; one
 * without a description is `name: (type)` or `name:type` (from `parmtype`, depending on the tool's age).
 */
export const parseModinfo = (output: string): ModinfoFields => {
  const fields = new Map<string, string[]>();
  for (const record of output.split('\0')) {
    const [, name, value] = /^\s*([^:\s]+):\s*([\s\S]*)$/u.exec(record) ?? [];
    if (name === undefined || value === undefined) continue;
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  const first = (name: string): string | undefined => fields.get(name)?.[0];
  return {
    version: first('version'),
    description: first('description'),
    author: fields.get('author')?.join(', '),
    license: first('license'),
    depends: (first('depends') ?? '').split(',').filter((name) => name !== ''),
    parameters: (fields.get('parm') ?? []).map(parseParameter).filter((parameter) => parameter.name !== ''),
  };
};

const parseParameter = (text: string): ModuleParameterInfo => {
  const [, name = '', rest = ''] = /^([^:]*):?([\s\S]*)$/u.exec(text) ?? [];
  const [, description = rest, type] = /^([\s\S]*?)\s*\(([^()]+)\)$/u.exec(rest) ?? [];
  return { name: name.trim(), type, description: description.trim() === '' ? undefined : description.trim() };
};
