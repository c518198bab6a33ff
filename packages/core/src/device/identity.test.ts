import { describe, expect, it } from 'vitest';
import { ScstError } from '../errors.js';
import { DeviceIdentity, deviceId } from './identity.js';

describe('the identity of a virtual device (SPEC sysfs 9.3)', () => {
  it.each([
    ['disk1', 0, 'b8fdbd32'],
    ['disk2', 0, '8c1a15ab'],
    ['vm_disk1', 0, '4d43cdb1'],
    ['vdisk0', 0, '50ec765'],
    ['a', 0, '933ebd71'],
    ['b', 0, 'a7d915e8'],
    ['b', 0x1234, '1234a7d915e8'],
  ])('of %s with setup id %i is %s', (name, setupId, id) => {
    expect(deviceId(name, setupId)).toBe(id);
  });

  it('has defaults of the name, cut to their length', () => {
    const identity = new DeviceIdentity('a_rather_long_device_name', 0, 'SCST_FIO');
    expect(identity.get('productId')).toBe('a_rather_long_de');
    expect(identity.get('t10DevId')).toHaveLength(25);
    expect(identity.get('t10DevId')).toBe(`${deviceId('a_rather_long_device_name', 0)}-a_rather_long_device_name`.slice(0, 25));
    expect(identity.get('vendSpecificId')).toBe(identity.get('t10DevId'));
    expect(identity.isWritten('t10DevId')).toBe(false);
  });

  it('takes texts up to their length, empty ones too', () => {
    const identity = new DeviceIdentity('a', 0, 'SCST_FIO');
    identity.set('revision', '');
    expect([identity.get('revision'), identity.isWritten('revision')]).toEqual(['', true]);
    expect(() => {
      identity.set('vendorId', 'ninechars');
    }).toThrow(ScstError);
    expect(identity.isWritten('vendorId')).toBe(false);
  });
});
