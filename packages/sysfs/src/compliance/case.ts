import assert from 'node:assert/strict';
import type { ErrnoName } from '../errno.js';
import { SysfsError } from '../errors.js';
import { decodeName } from '../names.js';
import type { SysfsTree } from '../tree.js';

/**
 * What a case needs of the tree:
 * `files`: `setup_id`, `version` and `targets`, as any folder can have them;
 * `attributes`: that those are generated and checked as a kernel's attributes are;
 * `commands`: the `mgmt` files of scst_local and vdisk_nullio.
 */
export type CompliancePart = 'files' | 'attributes' | 'commands';

/** One rule of the contract. */
export interface Rule {
  readonly name: string;
  readonly part: CompliancePart;
  run(tree: SysfsTree): Promise<void>;
}

/** Fails unless the promise rejects with a SysfsError of the errno, at the place if one is given. */
export const expectErrno = async (promise: Promise<unknown>, errno: ErrnoName, at?: 'open' | 'transfer'): Promise<SysfsError> => {
  const outcome: unknown = await promise.then(
    () => 'success',
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof SysfsError, `expected a SysfsError ${errno}, got ${String(outcome)}`);
  assert.equal(outcome.code, errno, outcome.message);
  if (at !== undefined) assert.equal(outcome.at, at, `${outcome.message}: at`);
  return outcome;
};

export const readText = async (tree: SysfsTree, path: string): Promise<string> => decodeName(await tree.read(path));

export const names = async (tree: SysfsTree, path: string): Promise<string[]> => (await tree.list(path)).map((entry) => entry.name);

let counter = 0;

/** A name no other case has used, so that cases can run against a tree others use as well. */
export const freshName = (stem = 'compliance'): string => `${stem}-${process.pid}-${(counter += 1)}`;

export const DRIVER = 'targets/scst_local';
export const HANDLER = 'handlers/vdisk_nullio';

/** Runs with a target of scst_local that is deleted afterwards, if it is still there. */
export const withTarget = async (tree: SysfsTree, work: (path: string, name: string) => Promise<void>, name = freshName()): Promise<void> => {
  await tree.write(`${DRIVER}/mgmt`, `add_target ${name}`);
  try {
    await work(`${DRIVER}/${name}`, name);
  } finally {
    if ((await names(tree, DRIVER)).includes(name)) await tree.write(`${DRIVER}/mgmt`, `del_target ${name}`);
  }
};

/** Runs with a device of vdisk_nullio that is deleted afterwards. */
export const withDevice = async (tree: SysfsTree, work: (path: string, name: string) => Promise<void>): Promise<void> => {
  const name = freshName();
  await tree.write(`${HANDLER}/mgmt`, `add_device ${name}`);
  try {
    await work(`devices/${name}`, name);
  } finally {
    await tree.write(`${HANDLER}/mgmt`, `del_device ${name}`);
  }
};

/** Runs and puts `setup_id` back to what it was. */
export const keepingSetupId = async (tree: SysfsTree, work: () => Promise<void>): Promise<void> => {
  const before = (await readText(tree, 'setup_id')).split('\n', 1)[0] ?? '0';
  try {
    await work();
  } finally {
    await tree.chmod('setup_id', 0o644);
    await tree.write('setup_id', before);
  }
};
