import { type NameFilter } from '../names.js';
import { type TreeReader } from '../reading/reader.js';
import { type Need } from './types.js';

/** What the parts of a survey share. */
export interface SurveyContext {
  readonly reader: TreeReader;
  readonly needs: ReadonlySet<Need>;
  readonly filters: Readonly<Record<'drivers' | 'targets' | 'groups' | 'sessions' | 'devices', NameFilter>>;
  /** Takes room for one session; false when there is none. */
  takeSession(): boolean;
}

/** Reads a flag; undefined for anything but 0 and 1. */
export const readFlag = async ({ reader }: SurveyContext, path: string, kind: string): Promise<boolean | undefined> => {
  const value = await reader.read(path, kind);
  return value === '1' ? true : value === '0' ? false : undefined;
};

/** Applies a parser to what was read; text that it does not know counts as an error of its kind. */
export const parsed = <T>({ reader }: SurveyContext, text: string | undefined, kind: string, parse: (text: string) => T | undefined): T | undefined => {
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value === undefined) reader.errors.count(kind, 'format');
  return value;
};
