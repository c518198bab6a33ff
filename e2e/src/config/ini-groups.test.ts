import { apply, check, formatConfig, plan, readConfig, saveText } from '@scst/config';
import { ScstCore, ScstError } from '@scst/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** What SCST takes in the name of an initiator and somebody on the way may take for something else. Control characters have no place in scst.conf. */
const CHARACTERS = ['a', 'b', '*', '?', '!', '/', '"', '\'', '\\', '#', '{', '}', '.', ',', ';', ':', '-', '%', '$', '`', '~', '[', ']', '(', '|', '\u00e9', '\u00ff', '\u00c3\u00a9'];
const pattern = fc.array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 4 }).map((characters) => characters.join(''));
/** Few characters, so that names are close to each other. */
const closePattern = fc.array(fc.constantFrom('a', '!', '/', '*'), { minLength: 1, maxLength: 3 }).map((characters) => characters.join(''));
const groups = fc.array(fc.array(fc.oneof(pattern, closePattern), { maxLength: 6 }), { minLength: 1, maxLength: 3 });

const GROUPS = 'targets/scst_local/t/ini_groups';
const options = { files: false, prune: true, force: true, suspend: 'never' } as const;

const makeCore = async (): Promise<ScstCore> => {
  const core = new ScstCore();
  for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module, module === 'scst_local' ? { add_default_tgt: '0' } : {});
  return core;
};

/** The names themselves, whatever the tree shows of them. Within a group their order decides nothing. */
const patternsOf = (core: ScstCore): string[][] => [...(core.drivers.get('scst_local')?.targets.get('t')?.groups.values() ?? [])].map((group) => [...group.initiators.keys()].sort());

/** Makes the groups as a shell script would, by the core's own grammar. What is refused is left out. */
const fill = async (core: ScstCore, wanted: readonly (readonly string[])[]): Promise<void> => {
  await core.tree.write('targets/scst_local/mgmt', 'add_target t');
  for (const [index, patterns] of wanted.entries()) {
    await core.tree.write(`${GROUPS}/mgmt`, `create g${index}`);
    for (const name of patterns) {
      await core.tree.write(`${GROUPS}/g${index}/initiators/mgmt`, Buffer.from(`add ${name}`, 'latin1')).catch((error: unknown) => {
        expect(error).toMatchObject({ code: /^\.\.?$/u.test(name) ? 'EINVAL' : 'EEXIST' });
      });
    }
  }
};

describe('initiator groups of any names', () => {
  it('are saved and come back as they were, from nothing and from any others', async () => {
    await fc.assert(
      fc.asyncProperty(groups, groups, async (first, second) => {
        await using core = await makeCore();
        await fill(core, first);
        const names = patternsOf(core);
        await using other = await makeCore();
        for (const text of [await saveText(core.tree), formatConfig(await readConfig(core.tree))]) {
          expect((await check(text, { tree: core.tree, files: false })).filter(({ severity }) => severity === 'error')).toEqual([]);
          expect((await plan(core.tree, text, options)).operations).toEqual([]);
          expect(await apply(other.tree, text, options)).toMatchObject({ converged: true, failed: [] });
          expect(patternsOf(other)).toEqual(names);
        }
        await using third = await makeCore();
        await fill(third, second);
        expect(await apply(third.tree, await saveText(core.tree), options)).toMatchObject({ converged: true, failed: [] });
        expect(patternsOf(third)).toEqual(names);
        expect((await plan(third.tree, await saveText(core.tree), options)).operations).toEqual([]);
      }),
      { numRuns: 200 },
    );
  }, 240_000);

  it('have room for one of two names that show alike', async () => {
    await using core = await makeCore();
    await fill(core, [['a/b', '!c'], []]);
    const group = core.drivers.get('scst_local')?.targets.get('t')?.group('g0');
    for (const name of ['a!b', '/c']) await expect(group?.addInitiator(name)).rejects.toThrow(ScstError);
    expect(patternsOf(core)).toEqual([['!c', 'a/b'], []]);
    const twice = 'TARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tGROUP g {\n\t\t\tINITIATOR a/b\n\t\t\tINITIATOR a!b\n\t\t}\n\t}\n}\n';
    expect((await check(twice, { files: false })).filter(({ severity }) => severity === 'error')).toMatchObject([{ code: 'duplicate', line: 5 }]);
  });
});
