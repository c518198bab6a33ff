import { type AttributeText, type OperationOptions, parseAttribute, type SysfsTree } from '@scst/sysfs';
import { decodeTransportId, printTransportId } from '@scst/transport-id';
import { hexDump } from '../output/hex-dump.js';
import { toHex } from '../output/json.js';
import { attempt } from './attempt.js';

/** What a directory of the tree holds besides directories. */
export interface DirectoryView {
  /** Every attribute that can be read, `mgmt` files left out. */
  readonly attributes: ReadonlyMap<string, AttributeText>;
  /** Targets of symbolic links, as stored. */
  readonly links: ReadonlyMap<string, string>;
}

/** Reads the attributes and links of a directory. Attributes that are write-only, or that the tree does not give, are left out. */
export const surveyDirectory = async (tree: SysfsTree, path: string, options?: OperationOptions): Promise<DirectoryView> => {
  const entries = await tree.list(path, options);
  const place = (name: string): string => (path === '' ? name : `${path}/${name}`);
  const named = async <T>(names: readonly string[], read: (name: string) => Promise<T | undefined>): Promise<Map<string, T>> => {
    const values = await Promise.all(names.map(read));
    return new Map(names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]])));
  };
  const of = (type: string): string[] => entries.filter((entry) => entry.type === type && entry.name !== 'mgmt').map(({ name }) => name);
  const [attributes, links] = await Promise.all([
    named(of('file'), async (name) => {
      const bytes = await attempt(tree.read(place(name), options));
      return bytes === undefined ? undefined : textOf(place(name), bytes);
    }),
    named(of('link'), (name) => attempt(tree.readlink(place(name), options))),
  ]);
  return { attributes, links };
};

/** The text of an attribute; of those that hold bytes, the text that stands for them. */
const textOf = (path: string, bytes: Uint8Array): AttributeText => {
  const binary = binaryText(path, bytes);
  return binary === undefined ? parseAttribute(bytes) : { value: binary.value, key: false, truncated: false };
};

/** How an attribute that holds bytes and no text is shown: in one line, and at length. Undefined for the others. */
export const binaryText = (path: string, bytes: Uint8Array): { value: string; lines: string } | undefined => {
  if (path.endsWith('/transport_id')) {
    const value = printTransportId(decodeTransportId(bytes, { malformed: 'raw' }));
    return { value, lines: `${value}\n` };
  }
  return bytes.includes(0) ? { value: `hex:${toHex(bytes)}`, lines: hexDump(bytes) } : undefined;
};
