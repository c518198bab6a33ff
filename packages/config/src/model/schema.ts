import { MAX_LUN } from './names.js';

const list = (definition: string, description: string): object => ({ type: 'array', description, items: { $ref: `#/$defs/${definition}` } });

const part = (description: string, properties: Record<string, object>, required: readonly string[] = ['name']): object => ({
  type: 'object',
  description,
  additionalProperties: false,
  required,
  properties,
});

const name = (description: string): object => ({ type: 'string', minLength: 1, description });
const attributes = { $ref: '#/$defs/attributes' };

/** JSON Schema (draft 2020-12) of a configuration as `fromJson` takes it. */
export const CONFIG_JSON_SCHEMA: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'SCST configuration',
  type: 'object',
  additionalProperties: false,
  properties: {
    attributes: { $ref: '#/$defs/attributes', description: 'Attributes of SCST itself, e.g. setup_id.' },
    handlers: list('handler', 'Device handlers and their devices.'),
    targetDrivers: list('targetDriver', 'Target drivers and their targets.'),
    deviceGroups: list('deviceGroup', 'ALUA device groups.'),
    alua: { $ref: '#/$defs/attributes', description: 'Attributes of device_groups itself.' },
  },
  $defs: {
    scalar: { type: ['string', 'integer', 'boolean'], description: 'Written as text; a boolean as 1 or 0.' },
    attributes: {
      type: 'object',
      description: 'Values by the name of the attribute; a list for an attribute given several times.',
      additionalProperties: { anyOf: [{ $ref: '#/$defs/scalar' }, { type: 'array', items: { $ref: '#/$defs/scalar' } }] },
    },
    named: part('A named part with attributes.', { name: name('Its name.'), attributes }),
    handler: part('HANDLER', { name: name('The device handler, e.g. vdisk_fileio.'), attributes, devices: list('named', 'DEVICE: virtual devices by name, SCSI devices as H:C:I:L.') }),
    targetDriver: part('TARGET_DRIVER', { name: name('The target driver, e.g. scst_local.'), attributes, targets: list('target', 'Its targets.') }),
    target: part('TARGET', {
      name: name('The target.'),
      hardware: { type: 'boolean', description: 'HW_TARGET: the target is hardware and cannot be made.' },
      attributes,
      sessions: list('session', 'Sessions of scst_local.'),
      luns: list('lun', 'LUNs of initiators that no group matches.'),
      groups: list('group', 'Initiator groups, in the order in which they are tried.'),
    }),
    session: part('A session of scst_local.', {
      name: name('The initiator name.'),
      transportId: { type: 'string', pattern: '^(0x)?([0-9a-fA-F]{2})+$', description: 'The TransportID as hexadecimal bytes.' },
    }),
    lun: part('LUN', { lun: { type: 'integer', minimum: 0, maximum: MAX_LUN }, device: name('The device.'), attributes }, ['lun', 'device']),
    group: part('GROUP', { name: name('The group.'), attributes, luns: list('lun', 'LUNs of the group.'), initiators: list('named', 'INITIATOR: names and patterns, in the order in which they are tried.') }),
    deviceGroup: part('DEVICE_GROUP', {
      name: name('The device group.'),
      attributes,
      devices: { type: 'array', items: name('A device.') },
      targetGroups: list('targetGroup', 'Its target groups.'),
    }),
    targetGroup: part('TARGET_GROUP', { name: name('The target group.'), attributes, targets: list('named', 'TARGET: targets of this machine and of others.') }),
  },
};
