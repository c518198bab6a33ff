import { sameValue } from '../attributes/equal.js';
import { isVirtualHandler, KNOWN_HANDLERS } from '../attributes/handlers.js';
import { kindOf } from '../attributes/kinds.js';
import { attributesOf, pairsOf, valueOf, type Attributes, type DeviceConfig, type HandlerConfig } from '../model/config.js';
import { directoryName, isScsiAddress } from '../model/names.js';
import { mgmtFacts } from '../state/mgmt-text.js';
import { planAttributes, planValue, show, type AttributePlace } from './attributes.js';
import { planDeviceRemoval } from './device-removal.js';
import { command, devicePath, handlerPath, type PlanContext } from './context.js';
import { captureDevice } from './capture.js';
import { LAST, splitAttributes } from './device-parameters.js';

/** Plans handlers and their devices. */
export const planHandlers = async (context: PlanContext): Promise<void> => {
  await Promise.all(context.config.handlers.map((handler) => planHandler(context, handler)));
  if (context.prune) await pruneDevices(context);
};

const planHandler = async (context: PlanContext, handler: HandlerConfig): Promise<void> => {
  const { reader } = context;
  const path = handlerPath(handler.name);
  const isNew = !(await reader.has('handlers', handler.name));
  await planAttributes(context, handler.attributes, { path, subject: `HANDLER ${handler.name}`, phase: 'handlers', lane: path, isNew });
  const parameters = (isNew ? undefined : (await mgmtFacts(reader, path))?.parameters) ?? KNOWN_HANDLERS.get(handler.name)?.parameters ?? new Set<string>();
  const live = new Set(await reader.names('devices'));
  const asked: Promise<void>[] = [];
  for (const device of handler.devices) {
    if (live.has(directoryName(device.name))) asked.push(planPresentDevice(context, handler, device, parameters));
    else planNewDevice(context, handler, device, parameters, device.attributes);
  }
  await Promise.all(asked);
};

const planPresentDevice = async (context: PlanContext, handler: HandlerConfig, device: DeviceConfig, parameters: ReadonlySet<string>): Promise<void> => {
  const { reader } = context;
  const path = devicePath(device.name);
  const present = await reader.link(`${path}/handler`);
  if (present !== handler.name) {
    await planOtherHandler(context, handler, device, parameters, present);
    return;
  }
  const fixed = await fixedDifferences(context, device, parameters);
  if (fixed.length > 0) await remakeDevice(context, handler, device, parameters, handler.name, `${fixed.join(', ')} can be given only when the device is made`);
  else await planExisting(context, handler, device);
};

/** A SCSI device is taken over by the handler; a virtual one has to be made anew. */
const planOtherHandler = async (context: PlanContext, handler: HandlerConfig, device: DeviceConfig, parameters: ReadonlySet<string>, present: string | undefined): Promise<void> => {
  if (isScsiAddress(device.name)) {
    const subject = `HANDLER ${handler.name} / DEVICE ${device.name}`;
    const back = present === undefined ? command(`${handlerPath(handler.name)}/mgmt`, ['del_device', device.name]) : command(`${handlerPath(present)}/mgmt`, ['add_device', device.name]);
    context.builder.add({
      kind: 'add-device',
      phase: 'devices',
      lane: devicePath(device.name),
      subject,
      summary: `DEVICE ${device.name}`,
      before: present,
      after: handler.name,
      write: command(`${handlerPath(handler.name)}/mgmt`, ['add_device', device.name]),
      undo: [back],
      goal: { type: 'link', path: `${devicePath(device.name)}/handler`, name: handler.name },
      affects: present === undefined ? undefined : { device: device.name },
      provides: `device:${device.name}`,
      location: context.locator.locate(device),
    });
    await planAttributes(context, device.attributes, attributePlace(handler.name, device.name, true));
    return;
  }
  await remakeDevice(context, handler, device, parameters, present, `it belongs to the handler ${present ?? 'none'}`);
};

const attributePlace = (handler: string, device: string, isNew: boolean): AttributePlace => ({
  path: devicePath(device),
  subject: `HANDLER ${handler} / DEVICE ${device}`,
  phase: 'devices',
  lane: devicePath(device),
  isNew,
  requires: [`device:${device}`],
});

/** Attributes that differ, cannot be written, and are parameters of `add_device`. */
const fixedDifferences = async (context: PlanContext, device: DeviceConfig, parameters: ReadonlySet<string>): Promise<string[]> => {
  const { reader } = context;
  const path = devicePath(device.name);
  const names = Object.keys(device.attributes).filter((name) => parameters.has(name));
  const found = await Promise.all(
    names.map(async (name) => {
      if (!(await reader.has(path, name))) return false;
      const live = await reader.attribute(`${path}/${name}`);
      const wanted = valueOf(device.attributes, name) ?? '';
      if (live === undefined || sameValue(name, wanted, live.value)) return false;
      return (((await reader.mode(`${path}/${name}`)) ?? 0) & 0o200) === 0;
    }),
  );
  return names.filter((_, index) => found[index] === true);
};

const planExisting = async (context: PlanContext, handler: HandlerConfig, device: DeviceConfig): Promise<void> => {
  const place = attributePlace(handler.name, device.name, false);
  const { attributes } = device;
  const moved = isVirtualHandler(handler.name) && handler.name !== 'vcdrom' && (await planOtherFile(context, attributes, place));
  await planAttributes(context, attributes, place, new Set([...LAST, ...(moved ? ['filename'] : [])]));
  const last = attributesOf(LAST.flatMap((name): [string, string][] => (valueOf(attributes, name) === undefined || (moved && name === 'active') ? [] : [[name, valueOf(attributes, name) ?? '']])));
  noteOrigin(context, last, attributes);
  const closes = kindOf('active')?.normalise(valueOf(attributes, 'active') ?? '') === '0';
  await planAttributes(context, last, { ...place, affects: closes ? { device: device.name } : undefined });
};

/** Parts made of a part keep its place in the file. */
const noteOrigin = (context: PlanContext, part: object, origin: object): void => {
  const statement = context.locator.statement(origin);
  if (statement !== undefined) context.locator.note(part, statement);
};

/** Another file: possible only while the device is not active (SPEC 9.2). */
const planOtherFile = async (context: PlanContext, attributes: Attributes, place: AttributePlace): Promise<boolean> => {
  const wanted = valueOf(attributes, 'filename');
  if (wanted === undefined) return false;
  const live = await context.reader.attribute(`${place.path}/filename`);
  if (live === undefined || sameValue('filename', wanted, live.value)) return false;
  const wasActive = (await context.reader.attribute(`${place.path}/active`))?.value ?? '1';
  const affects = wasActive === '1' ? { device: place.path.slice('devices/'.length) } : undefined;
  if (wasActive === '1') planValue(context, attributes, { ...place, affects }, 'active', '0', '1');
  planValue(context, attributes, { ...place, affects }, 'filename', wanted, live.value);
  const after = valueOf(attributes, 'active') ?? wasActive;
  if (after !== '0') planValue(context, attributes, { ...place, affects }, 'active', after, '0');
  return true;
};

const planNewDevice = (context: PlanContext, handler: HandlerConfig, device: DeviceConfig, parameters: ReadonlySet<string>, attributes: Attributes): void => {
  const { given, later } = splitAttributes(attributes, parameters);
  const mgmt = `${handlerPath(handler.name)}/mgmt`;
  const path = devicePath(device.name);
  context.builder.add({
    kind: 'add-device',
    phase: 'devices',
    lane: path,
    subject: `HANDLER ${handler.name} / DEVICE ${device.name}`,
    summary: ['DEVICE', device.name, ...given.map(([name, value]) => `${name}=${show(name, value)}`)].join(' '),
    write: command(mgmt, ['add_device', device.name], Object.fromEntries(given)),
    undo: [command(mgmt, ['del_device', device.name])],
    goal: { type: 'link', path: `${path}/handler`, name: handler.name },
    provides: `device:${device.name}`,
    requires: [`handler:${handler.name}`, `gone:${device.name}`],
    location: context.locator.locate(device),
  });
  const place = attributePlace(handler.name, device.name, true);
  for (const [name, value] of later) planValue(context, attributes, place, name, value, undefined);
};

/** Takes a device away and makes it anew, with what it had and what the configuration says of it, and exports it as before. */
const remakeDevice = async (context: PlanContext, handler: HandlerConfig, device: DeviceConfig, parameters: ReadonlySet<string>, present: string | undefined, why: string): Promise<void> => {
  const captured = await captureDevice(context.reader, device.name, present);
  const kept = present === handler.name ? pairsOf(captured.keyAttributes).filter(([name]) => valueOf(device.attributes, name) === undefined) : [];
  context.remade.add(device.name);
  planDeviceRemoval(context, device.name, captured, { remake: why, location: context.locator.locate(device) });
  const attributes = attributesOf([...pairsOf(device.attributes), ...kept]);
  noteOrigin(context, attributes, device);
  planNewDevice(context, handler, device, parameters, attributes);
};

/** Devices the configuration does not mention. */
const pruneDevices = async (context: PlanContext): Promise<void> => {
  const { config, reader, selection } = context;
  const wanted = new Set(config.handlers.flatMap(({ devices }) => devices.map(({ name }) => name)));
  const handlers = await reader.names('handlers');
  await Promise.all(
    handlers.map(async (handler) => {
      const devices = (await reader.names(handlerPath(handler), 'link')).filter((device) => !wanted.has(device) && selection.hasDevice(handler, device));
      if (devices.length === 0 || !(await reader.has(handlerPath(handler), 'mgmt'))) return;
      await Promise.all(
        devices.map(async (device) => {
          planDeviceRemoval(context, device, await captureDevice(reader, device, handler), { location: {} });
        }),
      );
    }),
  );
};
