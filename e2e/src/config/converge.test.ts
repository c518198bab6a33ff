import { apply, ApplyError, attributesOf, ConfigError, formatConfig, fromJson, plan, readConfig, toJson, type ScstConfig } from '@scst/config';
import { ScstCore } from '@scst/core';
import { readAttribute } from '@scst/sysfs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Configurations of few names, so that two of them have much in common and much that differs. */
const attributes = (table: Record<string, readonly string[]>): fc.Arbitrary<Record<string, string | undefined>> =>
  fc.record(Object.fromEntries(Object.entries(table).map(([name, values]) => [name, fc.constantFrom(...values)])), { requiredKeys: [] });

const subset = <T>(items: readonly T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray([...items]);

const DEVICES = ['d1', 'd2', 'd3'];
const luns = (devices: readonly string[]): fc.Arbitrary<unknown[]> =>
  devices.length === 0
    ? fc.constant([])
    : fc.uniqueArray(fc.record({ lun: fc.integer({ min: 0, max: 3 }), device: fc.constantFrom(...devices), attributes: attributes({ read_only: ['0', '1'] }) }), { selector: ({ lun }) => lun, maxLength: 3 });

const group = (name: string, devices: readonly string[]): fc.Arbitrary<unknown> =>
  fc.record({ name: fc.constant(name), luns: luns(devices), attributes: attributes({ addr_method: ['FLAT', 'LUN'], io_grouping_type: ['never', '3'] }), initiators: subset(['i1', 'i2', '*']).map((names) => names.map((initiator) => ({ name: initiator }))) });

const target = (name: string, id: number, sessions: readonly string[], devices: readonly string[]): fc.Arbitrary<unknown> =>
  fc.record({
    name: fc.constant(name),
    sessions: subset(sessions).chain((names) => fc.tuple(...names.map((session) => fc.option(fc.constantFrom('0600', '450a'), { nil: undefined }).map((transportId) => ({ name: session, transportId }))))),
    attributes: attributes({ addr_method: ['PERIPHERAL', 'FLAT'], comment: ['one', 'two words'], black_hole: ['0', '1'] }).map((given) => ({ ...given, rel_tgt_id: String(id) })),
    luns: luns(devices),
    groups: subset(['g', 'h/i']).chain((names) => fc.tuple(...names.map((one) => group(one, devices)))),
  });

const config: fc.Arbitrary<ScstConfig> = fc
  .tuple(subset(DEVICES), subset(['t1', 't2', 'a/b']), fc.shuffledSubarray([1, 2, 3, 4], { minLength: 3 }))
  .chain(([devices, targets, ids]) =>
    fc.record({
      attributes: attributes({ setup_id: ['0x1', '22'] }),
      handlers: fc
        .tuple(...devices.map((name) => fc.record({ name: fc.constant(name), attributes: attributes({ blocksize: ['512', '4096'], threads_num: ['1', '4'], t10_dev_id: ['x', 'y'], prod_id: ['a b', 'c'], read_only: ['0', '1'] }) })))
        .map((all) => [{ name: 'vdisk_nullio', devices: all }]),
      targetDrivers: fc.tuple(...targets.map((name, index) => target(name, ids[index] ?? 9, [`s-${name}-1`, `s-${name}-2`], devices))).map((all) => [{ name: 'scst_local', targets: all }]),
      deviceGroups: subset(['dg1', 'dg2']).chain((names) =>
        fc.tuple(
          ...names.map((name, index) =>
            fc.record({
              name: fc.constant(name),
              devices: fc.constant(devices.filter((_, at) => at % 2 === index)),
              targetGroups: subset(['tg1', 'tg2']).map((groups) =>
                groups.map((one, at) => ({ name: one, attributes: { group_id: String(at + 1), state: 'standby' }, targets: at === 0 ? [...targets.slice(0, 1).map((local) => ({ name: local })), { name: 'remote', attributes: { rel_tgt_id: '9' } }] : [] })),
              ),
            }),
          ),
        ),
      ),
    }),
  )
  .map((value) => fromJson(JSON.parse(JSON.stringify(value))).config);

/**
 * What a core is like. An identity once written keeps its key mark for good (SPEC 9.3), so of those the values count and not
 * whether they would be saved.
 */
const stateOf = async (core: ScstCore): Promise<unknown> => {
  const config = await readConfig(core.tree);
  const devices = config.handlers.flatMap((handler) => handler.devices.map(({ name }) => name));
  const identities = await Promise.all(devices.flatMap((name) => ['t10_dev_id', 'prod_id'].map(async (file) => (await readAttribute(core.tree, `devices/${name}/${file}`)).value)));
  const handlers = config.handlers.map((handler) => ({
    ...handler,
    devices: handler.devices.map(({ name, attributes }) => ({ name, attributes: Object.fromEntries(Object.entries(attributes).filter(([attribute]) => attribute !== 't10_dev_id' && attribute !== 'prod_id')) })),
  }));
  return { config: toJson({ ...config, handlers }), identities };
};

const makeCore = async (): Promise<ScstCore> => {
  const core = new ScstCore();
  for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module, module === 'scst_local' ? { add_default_tgt: '0' } : {});
  return core;
};

const options = { files: false, prune: true, force: true, suspend: 'never' } as const;

describe('any configuration, from any other', () => {
  it('converges in one pass, saves to a text that makes the same, and goes back after a failure', async () => {
    await fc.assert(
      fc.asyncProperty(config, config, async (first, second) => {
        await using core = await makeCore();
        expect(await apply(core.tree, first, options)).toMatchObject({ converged: true, failed: [] });
        const before = await stateOf(core);
        const planned = (await plan(core.tree, second, options)).operations.length;
        if (planned > 1) {
          const controller = new AbortController();
          const work = apply(core.tree, second, { ...options, rollback: true, signal: controller.signal, onProgress: ({ done }) => { if (done === Math.ceil(planned / 2)) controller.abort(); } });
          const outcome = await work.catch((error: unknown) => error);
          // All that was left may have been under way already: then there was nothing to abort.
          if (outcome instanceof ApplyError) {
            expect(outcome).toMatchObject({ code: 'ERR_SCST_APPLY_ABORTED', report: { rollback: { failed: [] } } });
            expect(await stateOf(core)).toEqual(before);
          } else expect(outcome).toMatchObject({ converged: true });
        }
        expect(await apply(core.tree, second, options)).toMatchObject({ converged: true, failed: [] });
        expect((await plan(core.tree, second, { prune: true })).operations).toEqual([]);
        const saved = await readConfig(core.tree);
        // Without prune the first is added to the second, unless an identifier is taken.
        const added = await apply(core.tree, first, { ...options, prune: false }).catch((error: unknown) => error);
        if (added instanceof ConfigError) expect(added.message).toContain('rel_tgt_id');
        else {
          expect(added).toMatchObject({ converged: true, failed: [] });
          expect((await plan(core.tree, first)).operations).toEqual([]);
        }
        await using other = await makeCore();
        await apply(other.tree, formatConfig(saved), options);
        expect(toJson(await readConfig(other.tree))).toEqual(toJson(saved));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('goes back where what is taken back stands in the way of other things, and writes nothing twice', async () => {
    await using core = await makeCore();
    await apply(core.tree, 'TARGET_DRIVER scst_local {\n TARGET one {\n rel_tgt_id 1\n }\n TARGET two {\n rel_tgt_id 4\n }\n}', options);
    const before = await stateOf(core);
    const controller = new AbortController();
    const work = apply(core.tree, 'TARGET_DRIVER scst_local {\n TARGET two {\n rel_tgt_id 1\n }\n TARGET three {\n rel_tgt_id 4\n }\n}\nDEVICE_GROUP group {\n TARGET_GROUP one {\n group_id 1\n }\n}', {
      ...options,
      rollback: true,
      signal: controller.signal,
      onProgress: ({ operation: { kind } }) => { if (kind === 'create-device-group') controller.abort(); },
    });
    await expect(work).rejects.toMatchObject({ code: 'ERR_SCST_APPLY_ABORTED', report: { rollback: { failed: [], kept: [] } } });
    expect(await stateOf(core)).toEqual(before);
  });

  it('changes nothing of what a part does not mention', async () => {
    await using core = await makeCore();
    await apply(core.tree, { attributes: attributesOf([]), handlers: [{ name: 'vdisk_nullio', attributes: attributesOf([]), devices: [{ name: 'd1', attributes: attributesOf([]) }] }], targetDrivers: [], deviceGroups: [], alua: attributesOf([]) }, options);
    const before = toJson(await readConfig(core.tree));
    expect((await apply(core.tree, '', { files: false })).changes).toBe(0);
    expect(toJson(await readConfig(core.tree))).toEqual(before);
  });
});
