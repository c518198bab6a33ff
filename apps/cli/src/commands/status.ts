import { type Scst } from '@scst/local';
import { type Command } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { formatTable } from '../output/table.js';
import { attempt } from '../survey/attempt.js';

export const addStatusCommand = (program: Command, context: Context): void => {
  const command = program
    .command('status')
    .description('say which SCST this is, and how much there is of everything')
    .action(async () => {
      await context.withScst(async (scst) => {
        const status = await readStatus(scst);
        context.result(status, statusText(status, context.out.bold));
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local status', does: 'where the SCST is, its version, its modules and its objects' },
      { command: 'scst-local --connect kernel status --json', does: 'the same of the kernel’s SCST, for programs' },
    ],
  });
};

/** What `status --json` prints. */
type Status = {
  readonly kind: string;
  readonly where: string;
  readonly version: string | undefined;
  readonly modules: readonly string[];
  readonly setupId: string | undefined;
  readonly threads: number | undefined;
  /** Suspensions in force; 0: commands run. */
  readonly suspended: number | undefined;
  readonly devices: number;
  readonly deviceGroups: number;
  readonly drivers: readonly DriverCount[];
};

type DriverCount = {
  readonly name: string;
  readonly targets: number;
  readonly groups: number;
  readonly luns: number;
  readonly sessions: number;
};

const readStatus = async (scst: Scst): Promise<Status> => {
  const value = async (name: string): Promise<string | undefined> => await attempt(scst.attributes.get(name));
  const number = async (name: string): Promise<number | undefined> => {
    const text = await value(name);
    return text === undefined ? undefined : Number(text);
  };
  const [version, setupId, threads, suspended, modules, devices, deviceGroups, drivers] = await Promise.all([
    value('version'),
    value('setup_id'),
    number('threads'),
    number('suspend'),
    scst.modules.list(),
    attempt(scst.devices()),
    attempt(scst.deviceGroups()),
    attempt(countDrivers(scst)),
  ]);
  return {
    kind: scst.kind,
    where: scst.description,
    version: version === undefined ? undefined : (/^SCST version: *(\S+)/u.exec(version)?.[1] ?? version),
    modules: modules.map(({ name }) => name),
    setupId,
    threads,
    suspended,
    devices: devices?.length ?? 0,
    deviceGroups: deviceGroups?.length ?? 0,
    drivers: drivers ?? [],
  };
};

const countDrivers = async (scst: Scst): Promise<DriverCount[]> =>
  await Promise.all(
    (await scst.drivers()).map(async (driver) => {
      const targets = await driver.targets();
      const counts = await Promise.all(
        targets.map(async (target) => {
          const [groups, luns, sessions] = await Promise.all([attempt(target.groups()), attempt(target.luns.list()), attempt(target.sessions())]);
          const groupLuns = await Promise.all((groups ?? []).map(async (group) => (await attempt(group.luns.list()))?.length ?? 0));
          return { groups: groups?.length ?? 0, luns: groupLuns.reduce(add, luns?.length ?? 0), sessions: sessions?.length ?? 0 };
        }),
      );
      const sum = (part: keyof (typeof counts)[number]): number => counts.map((count) => count[part]).reduce(add, 0);
      return { name: driver.name, targets: targets.length, groups: sum('groups'), luns: sum('luns'), sessions: sum('sessions') };
    }),
  );

const add = (a: number, b: number): number => a + b;

const statusText = (status: Status, bold: (text: string) => string): string => {
  const { kind, where, version, modules, setupId, threads, suspended, devices, deviceGroups, drivers } = status;
  const lines = [
    `${bold(version === undefined ? 'SCST' : `SCST ${version}`)} (${kind}): ${where}`,
    `modules        ${modules.length === 0 ? 'none' : modules.join(', ')}`,
    ...(version === undefined
      ? ['scst is not loaded: try scst-local module load scst']
      : [
          `setup_id       ${setupId ?? '?'}`,
          `threads        ${threads ?? '?'}`,
          `commands       ${suspended === 0 ? 'run' : `are suspended (${suspended ?? '?'})`}`,
          `devices        ${devices}`,
          `device groups  ${deviceGroups}`,
          '',
        ]),
  ];
  const table = formatTable(
    [{ heading: 'DRIVER' }, { heading: 'TARGETS', align: 'right' }, { heading: 'GROUPS', align: 'right' }, { heading: 'LUNS', align: 'right' }, { heading: 'SESSIONS', align: 'right' }],
    drivers.map(({ name, targets, groups, luns, sessions }) => [name, String(targets), String(groups), String(luns), String(sessions)]),
    bold,
  );
  return `${lines.join('\n')}\n${table}`;
};
