import { STATUS } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { type SgResult } from './sg-result.js';
import { DRIVER_STATUS, driverStatusName, HOST_STATUS, hostStatusName } from './status-names.js';
import { ioctlFault, transportFault } from './transport-fault.js';

const result = (statuses: Partial<SgResult>): SgResult => ({ status: 0, hostStatus: 0, driverStatus: 0, residual: 0, duration: 7, sense: new Uint8Array(), dataIn: new Uint8Array(), ...statuses });

describe('transportFault', () => {
  it('is nothing where the device gave its status', () => {
    expect(transportFault('sg', result({}))).toBeUndefined();
    expect(transportFault('sg', result({ status: STATUS.CHECK_CONDITION, driverStatus: DRIVER_STATUS.SENSE }))).toBeUndefined();
    expect(transportFault('sg', result({ status: STATUS.RESERVATION_CONFLICT, hostStatus: HOST_STATUS.NEXUS_FAILURE }))).toBeUndefined();
  });

  it('tells what is gone, late and failed apart', () => {
    expect(transportFault('sg', result({ hostStatus: HOST_STATUS.NO_CONNECT }))).toMatchObject({ code: 'GONE', message: 'sg: DID_NO_CONNECT after 7 ms' });
    expect(transportFault('sg', result({ hostStatus: HOST_STATUS.TIME_OUT }))).toMatchObject({ code: 'TIMEOUT' });
    expect(transportFault('sg', result({ driverStatus: DRIVER_STATUS.TIMEOUT }))).toMatchObject({ code: 'TIMEOUT' });
    expect(transportFault('sg', result({ hostStatus: HOST_STATUS.RESET }))).toMatchObject({ code: 'FAILED', message: 'sg: DID_RESET after 7 ms' });
    expect(transportFault('sg', result({ driverStatus: DRIVER_STATUS.HARD }))).toMatchObject({ code: 'FAILED' });
  });
});

describe('ioctlFault', () => {
  it('has the errno as its cause', () => {
    expect(ioctlFault('sg', 'a command', 19)).toMatchObject({ code: 'GONE', message: 'sg: the kernel did not carry out a command: ENODEV', cause: { code: 'ENODEV', syscall: 'ioctl' } });
    expect(ioctlFault('sg', 'a command', 22)).toMatchObject({ code: 'REFUSED' });
    expect(ioctlFault('sg', 'a command', 12)).toMatchObject({ code: 'FAILED' });
    expect(ioctlFault('sg', 'a command', 9999).message).toBe('sg: the kernel did not carry out a command: errno 9999');
  });
});

describe('names', () => {
  it('are the kernel\'s', () => {
    expect(hostStatusName(HOST_STATUS.TRANSPORT_DISRUPTED)).toBe('DID_TRANSPORT_DISRUPTED');
    expect(hostStatusName(0x7f)).toBe('DID 0x7f');
    expect(driverStatusName(0x28)).toBe('DRIVER_SENSE');
  });
});
