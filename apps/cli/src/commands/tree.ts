import { type Command, Option } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { type Branch, formatBranches } from '../output/branches.js';
import { formatSize } from '../output/size.js';
import { type DeviceView, surveyDevices } from '../survey/device.js';
import { type DriverView, type GroupView, type LunView, type SessionView, surveyDrivers, type TargetView } from '../survey/target.js';
import { parseInterval } from '../terminal/interval.js';
import { type TreeLook, watchTree } from '../terminal/watch-tree.js';

export const addTreeCommand = (program: Command, context: Context): void => {
  const command = program
    .command('tree')
    .description('show targets with their groups, LUNs and sessions, and devices with their files')
    .option('-a, --all', 'show the copy manager too, which exports every virtual device')
    .option('-w, --watch', 'show it again whenever it changes, until Ctrl-C or q')
    .addOption(new Option('-i, --interval <seconds>', 'time between two looks of --watch').argParser(parseInterval).default(1000, '1'))
    .action(async ({ all = false, watch = false, interval }: { all?: boolean; watch?: boolean; interval: number }) => {
      const paint: Paint = { bold: context.out.bold, dim: (text) => context.out.style('dim', text) };
      await context.withScst(async (scst) => {
        const look = async (): Promise<TreeLook> => {
          const [drivers, devices] = await Promise.all([surveyDrivers(scst), surveyDevices(scst)]);
          const shown = drivers.filter(({ name }) => all || name !== 'copy_manager');
          return { value: { drivers: shown, devices }, lines: formatBranches(treeBranches(shown, devices, paint)) };
        };
        if (watch) {
          await watchTree(context, look, interval);
          return;
        }
        const { value, lines } = await look();
        context.result(value, lines);
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local tree', does: 'targets → groups → LUNs → devices → files, and sessions → SCSI devices' },
      { command: 'scst-local tree --watch', does: 'the same, kept up to date' },
      { command: "scst-local tree --json | jq '.devices[].file'", does: 'every backing file' },
    ],
  });
};

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** The survey as branches: one root for each driver, and one for the devices that no LUN shows. */
export const treeBranches = (drivers: readonly DriverView[], devices: readonly DeviceView[], paint: Paint): Branch[] => {
  const byName = new Map(devices.map((device) => [device.name, device]));
  const unexported = devices.filter(({ exports }) => exports.length === 0);
  const roots = drivers.map(({ name, targets }): Branch => ({
    text: paint.bold(name),
    children: targets.map((target) => targetBranch(target, byName, paint)),
  }));
  if (unexported.length === 0) return roots;
  return [...roots, { text: paint.bold('not exported'), children: unexported.map((device) => ({ text: deviceText(device, paint) })) }];
};

export const targetBranch = (target: TargetView, devices: ReadonlyMap<string, DeviceView>, paint: Paint): Branch => ({
  text: `target ${paint.bold(target.name)}`,
  children: [
    ...target.luns.map((lun) => lunBranch(lun, devices, paint)),
    ...target.groups.map((group) => groupBranch(group, devices, paint)),
    ...target.sessions.map((session) => sessionBranch(session, paint)),
  ],
});

const groupBranch = ({ name, initiators, luns }: GroupView, devices: ReadonlyMap<string, DeviceView>, paint: Paint): Branch => {
  const names = initiators === undefined ? 'cannot be listed' : initiators.length === 0 ? 'no initiators' : initiators.join(', ');
  return { text: `group ${paint.bold(name)} ${paint.dim(`(${names})`)}`, children: luns.map((lun) => lunBranch(lun, devices, paint)) };
};

const lunBranch = ({ lun, device, readOnly }: LunView, devices: ReadonlyMap<string, DeviceView>, paint: Paint): Branch => {
  const view = devices.get(device);
  return { text: `LUN ${lun}${readOnly ? ' (read-only)' : ''} → ${view === undefined ? device : deviceText(view, paint)}` };
};

const deviceText = ({ name, handler, size, file }: DeviceView, { bold, dim }: Paint): string => {
  const facts = [handler, size === undefined ? undefined : formatSize(size)].filter((fact) => fact !== undefined);
  return `${bold(name)}${facts.length === 0 ? '' : ` ${dim(`(${facts.join(', ')})`)}`}${file === undefined ? '' : ` → ${file}`}`;
};

const sessionBranch = ({ name, initiator, group, host, devices }: SessionView, paint: Paint): Branch => {
  const facts = [
    initiator === undefined || initiator === name ? undefined : `initiator ${initiator}`,
    group === undefined ? undefined : `group ${group}`,
    host === undefined ? undefined : `host ${host}`,
  ].filter((fact) => fact !== undefined);
  return {
    text: `session ${paint.bold(name)}${facts.length === 0 ? '' : ` ${paint.dim(`(${facts.join(', ')})`)}`}`,
    children: devices.map(({ address, vendor, model, node, sg }) => ({
      text: `[${address}] ${vendor} ${model}${[node, sg].map((path) => (path === undefined ? '' : `  ${path}`)).join('')}`,
    })),
  };
};

