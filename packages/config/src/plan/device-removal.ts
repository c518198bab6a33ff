import { type Location } from '../model/locator.js';
import { trueName } from '../model/names.js';
import { type CapturedDevice, type CapturedExport } from './capture.js';
import { command, devicePath, handlerPath, type PlanContext } from './context.js';

export interface DeviceRemovalOptions {
  /** Why the device is made anew; undefined when it goes for good. */
  remake?: string | undefined;
  location: Location;
}

/**
 * Plans the removal of a device with all its LUNs, each as an operation of its own: they would vanish with it without a word
 * (SPEC 8.1). Of a device that is made anew, LUNs and group membership the configuration does not mention are made again.
 */
export const planDeviceRemoval = (context: PlanContext, device: string, captured: CapturedDevice, { remake, location }: DeviceRemovalOptions): void => {
  const { builder } = context;
  const { handler, exports, deviceGroup, writes } = captured;
  if (handler === undefined) return;
  for (const exported of exports) planLunRemoval(context, device, exported, location);
  if (deviceGroup !== undefined) planMembership(context, device, deviceGroup, remake !== undefined, location);
  const mgmt = `${handlerPath(handler)}/mgmt`;
  builder.add({
    kind: 'remove-device',
    phase: 'device-removal',
    lane: devicePath(device),
    subject: `HANDLER ${handler} / DEVICE ${device}`,
    summary: remake === undefined ? `DEVICE ${device}` : `DEVICE ${device}, to make it anew: ${remake}`,
    write: command(mgmt, ['del_device', device]),
    undo: writes,
    goal: { type: 'absent', path: `${handlerPath(handler)}/${device}` },
    affects: { device },
    provides: `gone:${device}`,
    requires: exports.map(({ path }) => `gone:${path}`),
    needsForce: remake !== undefined && exports.length > 0 ? `${remake}; making it anew takes it from its initiators for a moment` : undefined,
    location,
  });
  if (remake !== undefined) restoreExports(context, device, exports);
};

const planLunRemoval = (context: PlanContext, device: string, { path, luns, lun, readOnly }: CapturedExport, location: Location): void => {
  if (context.vanishing.has(path)) return;
  context.vanishing.add(path);
  const target = path.split('/').slice(0, 3).join('/');
  context.builder.add({
    kind: 'remove-lun',
    phase: 'lun-removal',
    lane: path,
    subject: lunSubject(path),
    summary: `LUN ${lun} ${device}`,
    write: command(`${luns}/mgmt`, ['del', String(lun)]),
    undo: [command(`${luns}/mgmt`, ['add', device, String(lun)], { read_only: readOnly ? 1 : undefined })],
    goal: { type: 'absent', path },
    affects: { device, target, luns, lun },
    provides: `gone:${path}`,
    location,
  });
};

/** LUNs the configuration says something of are planned with their target; the others come back as they were. */
const restoreExports = (context: PlanContext, device: string, exports: readonly CapturedExport[]): void => {
  for (const { path, luns, lun, readOnly } of exports) {
    const [, driver = '', target = ''] = path.split('/');
    if (context.mentionedLuns.has(path) || (context.prune && context.selection.hasTarget(driver, trueName(target)))) continue;
    context.builder.add({
      kind: 'add-lun',
      phase: 'luns',
      lane: path,
      subject: lunSubject(path),
      summary: `LUN ${lun} ${device}${readOnly ? ' read_only=1' : ''}, as it was`,
      write: command(`${luns}/mgmt`, ['add', device, String(lun)], { read_only: readOnly ? 1 : undefined }),
      undo: [command(`${luns}/mgmt`, ['del', String(lun)])],
      goal: { type: 'link', path: `${path}/device`, name: device },
      requires: [`device:${device}`],
    });
  }
};

const planMembership = (context: PlanContext, device: string, group: string, remade: boolean, location: Location): void => {
  const mgmt = `device_groups/${group}/devices/mgmt`;
  const add = command(mgmt, ['add', device]);
  const del = command(mgmt, ['del', device]);
  const entry = `device_groups/${group}/devices/${device}`;
  context.vanishing.add(entry);
  const common = { subject: `DEVICE_GROUP ${group} / DEVICE ${device}`, lane: `device_groups/${group}`, location };
  context.builder.add({ ...common, kind: 'remove-group-device', phase: 'alua-removal', summary: `DEVICE ${device}`, write: del, undo: [add], goal: { type: 'absent', path: entry } });
  const mentioned = context.config.deviceGroups.some(({ devices }) => devices.includes(device));
  if (remade && !mentioned && !(context.prune && context.selection.has('device_group', trueName(group)))) {
    context.builder.add({ ...common, kind: 'add-group-device', phase: 'alua', summary: `DEVICE ${device}, as it was`, write: add, undo: [del], goal: { type: 'present', path: entry }, requires: [`device:${device}`] });
  }
};

/** `TARGET_DRIVER d / TARGET t / LUN 0` of a LUN's path. */
const lunSubject = (path: string): string => {
  const cut = path.lastIndexOf('/');
  return `${lunSetSubject(path.slice(0, cut))} / LUN ${path.slice(cut + 1)}`;
};

/** `TARGET_DRIVER d / TARGET t` or `… / GROUP g` of the path of a `luns` directory. */
export const lunSetSubject = (path: string): string => {
  const [, driver = '', target = '', ...rest] = path.split('/');
  const group = rest[0] === 'ini_groups' ? [`GROUP ${rest[1] ?? ''}`] : [];
  return [`TARGET_DRIVER ${driver}`, `TARGET ${target}`, ...group].join(' / ');
};
