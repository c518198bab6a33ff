import { encodeName, MAX_ATTRIBUTE_WRITE } from '@scst/sysfs';
import { KNOWN_HANDLERS } from '../attributes/handlers.js';
import { kindOf, type AttributeScope } from '../attributes/kinds.js';
import { pairsOf, valueOf, type Attributes, type DeviceConfig } from '../model/config.js';
import { isWritable } from '../model/to-document.js';
import { type CheckContext } from './context.js';
import { allDevices, allLunSets, allTargets } from './parts.js';

/** Values the kernel would refuse. */
export const checkValues = (context: CheckContext): void => {
  const { config } = context;
  const check = (attributes: Attributes, place: string, scope: AttributeScope = 'other'): void => { checkAttributes(context, attributes, place, scope); };
  check(config.attributes, 'SCST');
  check(config.alua, 'ALUA');
  for (const handler of config.handlers) check(handler.attributes, `HANDLER ${handler.name}`);
  for (const { handler, device, place } of allDevices(config)) {
    check(device.attributes, place);
    checkDevice(context, handler.name, device, place);
  }
  for (const driver of config.targetDrivers) check(driver.attributes, `TARGET_DRIVER ${driver.name}`);
  for (const { target, place } of allTargets(config)) check(target.attributes, place);
  for (const { group, luns, place } of allLunSets(config)) {
    if (group !== undefined) check(group.attributes, place);
    for (const lun of luns) check(lun.attributes, `${place} / LUN ${lun.lun}`, 'lun');
  }
  for (const group of config.deviceGroups) {
    check(group.attributes, `DEVICE_GROUP ${group.name}`);
    for (const targetGroup of group.targetGroups) {
      const place = `DEVICE_GROUP ${group.name} / TARGET_GROUP ${targetGroup.name}`;
      check(targetGroup.attributes, place);
      for (const target of targetGroup.targets) check(target.attributes, `${place} / TARGET ${target.name}`);
    }
  }
};

const checkAttributes = (context: CheckContext, attributes: Attributes, place: string, scope: AttributeScope): void => {
  for (const [name, value] of pairsOf(attributes)) {
    const at = { part: attributes, detail: { attribute: name }, place: `${place} / ${name}` };
    if (name.includes('/') || name === '.' || name === '..') {
      context.error({ ...at, code: 'unknown-attribute', message: `“${name}” cannot be the name of an attribute` });
      continue;
    }
    if (!isWritable(value)) context.error({ ...at, code: 'bad-value', message: `the value of “${name}” has a control character` });
    // A character takes up to three bytes: short values need no counting.
    if (value.length * 3 > MAX_ATTRIBUTE_WRITE && encodeName(value).length > MAX_ATTRIBUTE_WRITE) {
      context.error({ ...at, code: 'bad-value', message: `the value of “${name}” is longer than one write to SCST`, expected: `at most ${MAX_ATTRIBUTE_WRITE} bytes` });
    }
    if (value === '') continue; // clears the attribute, where that can be done
    const kind = kindOf(name, scope);
    if (kind !== undefined && kind.normalise(value) === undefined) {
      context.error({ ...at, code: 'bad-value', message: `“${value}” is no value of “${name}”`, expected: kind.expected });
    }
  }
};

const isOn = (device: DeviceConfig, name: string): boolean => {
  const value = valueOf(device.attributes, name);
  return value !== undefined && kindOf(name)?.normalise(value) === '1';
};

/** What a device of scst_vdisk needs, and what its attributes exclude (SPEC 8.1). */
const checkDevice = (context: CheckContext, handler: string, device: DeviceConfig, place: string): void => {
  const facts = KNOWN_HANDLERS.get(handler);
  if (facts === undefined) return;
  for (const name of Object.keys(device.attributes)) {
    if (facts.parameters.has(name) || facts.writable.has(name) || name === 'size' || name === 'size_mb' || name === 'type') continue;
    context.warning({ code: 'unknown-attribute', message: `devices of ${handler} have no attribute “${name}” that can be set`, part: device.attributes, detail: { attribute: name }, place });
  }
  if (facts.needsFile && (valueOf(device.attributes, 'filename') ?? '') === '') {
    context.error({ code: 'missing-attribute', message: `DEVICE ${device.name} has no filename`, part: device, place, expected: 'filename /path/of/the/file' });
  }
  const exclude = (name: string, message: string): void => {
    context.error({ code: 'contradiction', message, part: device.attributes, detail: { attribute: name }, place: `${place} / ${name}` });
  };
  if (handler === 'vdisk_fileio' && isOn(device, 'read_only')) {
    for (const name of ['write_through', 'nv_cache']) if (isOn(device, name)) exclude(name, `${name} and read_only exclude each other`);
  }
  if (isOn(device, 'o_direct') && !isOn(device, 'async')) exclude('o_direct', 'o_direct needs async');
  const type = valueOf(device.attributes, 'dif_type') ?? '0';
  if ((valueOf(device.attributes, 'dif_mode') !== undefined) !== (type !== '0')) exclude('dif_type', 'dif_mode and dif_type are given together or not at all');
};
