import { REPEATABLE } from '../attributes/handlers.js';
import { valuesOf, type Attributes } from '../model/config.js';
import { directoryName } from '../model/names.js';
import { forRepeats, type CheckContext } from './context.js';
import { allDevices, allLunSets, allTargets } from './parts.js';

/** Parts that stand twice, and statements that contradict each other. scstadmin would silently take the last. */
export const checkDuplicates = (context: CheckContext): void => {
  const { config } = context;
  const twice = (what: string, part: object, first: object, place: string): void => {
    context.error({ code: 'duplicate', message: `${what} stands twice; the first is ${context.whereIs(first, place)}`, part, place, hint: 'scstadmin would forget the first' });
  };
  forRepeats(config.handlers, ({ name }) => name, (part, first) => { twice(`HANDLER ${part.name}`, part, first, `HANDLER ${part.name}`); });
  forRepeats(config.targetDrivers, ({ name }) => name, (part, first) => { twice(`TARGET_DRIVER ${part.name}`, part, first, `TARGET_DRIVER ${part.name}`); });
  forRepeats(config.deviceGroups, ({ name }) => name, (part, first) => { twice(`DEVICE_GROUP ${part.name}`, part, first, `DEVICE_GROUP ${part.name}`); });
  forRepeats(allDevices(config), ({ device }) => device.name, (part, first) => { twice(`DEVICE ${part.device.name}`, part.device, first.device, first.place); });
  forRepeats(allTargets(config), ({ driver, target }) => `${driver.name}\n${target.name}`, (part, first) => { twice(`TARGET ${part.target.name}`, part.target, first.target, first.place); });
  for (const { target, place } of allTargets(config)) {
    forRepeats(target.groups, ({ name }) => name, (part, first) => { twice(`GROUP ${part.name}`, part, first, place); });
  }
  checkLuns(context);
  checkInitiators(context);
  checkAlua(context, twice);
  checkAttributes(context);
};

const checkLuns = (context: CheckContext): void => {
  for (const { luns, place } of allLunSets(context.config)) {
    forRepeats(luns, ({ lun }) => String(lun), (part, first) => {
      const same = part.device === first.device;
      const message = `LUN ${part.lun} is taken by ${first.device} (${context.whereIs(first, place)})`;
      context.error({ code: same ? 'duplicate' : 'contradiction', message, part, detail: { word: 1 }, place: `${place} / LUN ${part.lun}` });
    });
  }
};

const checkInitiators = (context: CheckContext): void => {
  for (const { target, place } of allTargets(context.config)) {
    const initiators = target.groups.flatMap((group) => group.initiators.map((initiator) => ({ group, initiator })));
    const placeOf = ({ group, initiator }: (typeof initiators)[number]): string => `${place} / GROUP ${group.name} / INITIATOR ${initiator.name}`;
    // The tree shows `/` as `!`, and has room for one of two names that show alike.
    forRepeats(initiators, ({ group, initiator }) => `${group.name}\n${directoryName(initiator.name)}`, (part, first) => {
      const { name } = part.initiator;
      const what = name === first.initiator.name ? `INITIATOR ${name} stands twice` : `INITIATOR ${name} shows in the tree as INITIATOR ${first.initiator.name} does, and both stand`;
      context.error({ code: 'duplicate', message: `${what} in GROUP ${part.group.name}`, part: part.initiator, place: placeOf(part) });
    });
    forRepeats(initiators, ({ initiator }) => initiator.name, (part, first) => {
      if (part.group === first.group) return;
      const message = `INITIATOR ${part.initiator.name} is in GROUP ${first.group.name} too, which decides`;
      context.warning({ code: 'contradiction', message, part: part.initiator, place: placeOf(part), hint: 'the first group in order of creation whose pattern matches is used' });
    });
  }
};

const checkAlua = (context: CheckContext, twice: (what: string, part: object, first: object, place: string) => void): void => {
  const { deviceGroups } = context.config;
  const devices = deviceGroups.flatMap((group) => group.devices.map((device, occurrence) => ({ group, device, occurrence })));
  forRepeats(devices, ({ device }) => device, ({ group, device, occurrence }, first) => {
    const message = `DEVICE ${device} is in DEVICE_GROUP ${first.group.name} already; a device belongs to one group`;
    context.error({ code: first.group === group ? 'duplicate' : 'contradiction', message, part: group, detail: { attribute: 'DEVICE', occurrence }, place: `DEVICE_GROUP ${group.name} / DEVICE ${device}` });
  });
  for (const group of deviceGroups) {
    const place = `DEVICE_GROUP ${group.name}`;
    forRepeats(group.targetGroups, ({ name }) => name, (part, first) => { twice(`TARGET_GROUP ${part.name}`, part, first, place); });
    const targets = group.targetGroups.flatMap((targetGroup) => targetGroup.targets.map((target) => ({ targetGroup, target })));
    forRepeats(targets, ({ target }) => target.name, (part, first) => {
      const message = `TARGET ${part.target.name} is in TARGET_GROUP ${first.targetGroup.name} already`;
      context.error({ code: 'duplicate', message, part: part.target, place: `${place} / TARGET_GROUP ${part.targetGroup.name} / TARGET ${part.target.name}` });
    });
  }
};

/** Attributes with two values, where only one can be true. */
const checkAttributes = (context: CheckContext): void => {
  const { config } = context;
  const once = (attributes: Attributes, place: string, all: boolean): void => {
    for (const [name, value] of Object.entries(attributes)) {
      if (valuesOf(value).length < 2 || (!all && (REPEATABLE.has(name.replace(/\d+$/u, '')) || name === 'trace_level'))) continue;
      const message = `“${name}” is given ${valuesOf(value).length} different values: ${valuesOf(value).join(', ')}`;
      context.error({ code: 'contradiction', message, part: attributes, detail: { attribute: name }, place: `${place} / ${name}` });
    }
  };
  once(config.attributes, 'SCST', false);
  for (const handler of config.handlers) once(handler.attributes, `HANDLER ${handler.name}`, false);
  for (const { device, place } of allDevices(config)) once(device.attributes, place, true);
  for (const driver of config.targetDrivers) once(driver.attributes, `TARGET_DRIVER ${driver.name}`, false);
  for (const { target, place } of allTargets(config)) once(target.attributes, place, false);
  for (const { group, luns, place } of allLunSets(config)) {
    if (group !== undefined) once(group.attributes, place, true);
    for (const lun of luns) once(lun.attributes, `${place} / LUN ${lun.lun}`, true);
  }
  for (const group of config.deviceGroups) {
    once(group.attributes, `DEVICE_GROUP ${group.name}`, true);
    for (const targetGroup of group.targetGroups) {
      once(targetGroup.attributes, `DEVICE_GROUP ${group.name} / TARGET_GROUP ${targetGroup.name}`, true);
      for (const target of targetGroup.targets) once(target.attributes, `DEVICE_GROUP ${group.name} / TARGET_GROUP ${targetGroup.name} / TARGET ${target.name}`, true);
    }
  }
};
