import { encodeName } from '../names.js';
import { manage, type ManageOptions } from '../mgmt/manage.js';
import type { OperationOptions, SysfsTree } from '../tree.js';
import { parseAttribute, type AttributeText } from './text.js';

/** Reads an attribute and takes its text apart. See {@link parseAttribute} for those that hold raw bytes. */
export const readAttribute = async (tree: SysfsTree, path: string, options?: OperationOptions): Promise<AttributeText> =>
  parseAttribute(await tree.read(path, options));

/**
 * Writes a value to an attribute in one write.
 *
 * - No newline is added: some attributes take one for a part of the value (`addr_method`, SPEC 4).
 * - An empty value is sent as a lone newline. A write of zero bytes succeeds but never reaches the attribute (SPEC 1.1); a newline
 *   is what clears those that can be cleared.
 * - Booleans are sent as `1` and `0`.
 * - Attributes whose writes go through SCST's work queue wait for the outcome as {@link manage} does.
 *
 * @throws SysfsError with the errno and an explanation; CommandTextError for a value longer than one write (4096 bytes).
 */
export const writeAttribute = async (
  tree: SysfsTree,
  path: string,
  value: Uint8Array | string | number | bigint | boolean,
  options?: ManageOptions,
): Promise<void> => {
  const bytes = value instanceof Uint8Array ? value : encodeName(typeof value === 'boolean' ? (value ? '1' : '0') : String(value));
  await manage(tree, path, bytes.length === 0 ? NEWLINE : bytes, options);
};

const NEWLINE = Uint8Array.of(0x0a);
