import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type Device, type ThreadsPoolType } from '../device/device.js';
import { type TraceLevel } from '../trace-level.js';

export interface DeviceHandlerOptions {
  name: ByteString;
  /** Peripheral device type of its devices, SPC-5 6.7.2; -1: not known. */
  type: number;
  traceLevel: TraceLevel;
  threadsNum?: number;
}

/** A device handler (SCST's `dev_type`): what executes the commands of its devices (SPEC sysfs 8). */
export class DeviceHandler {
  readonly core: ScstCore;
  readonly name: ByteString;
  readonly type: number;
  readonly traceLevel: TraceLevel;
  readonly maxTgtDevCommands = 64;
  readonly threadsNum: number;
  readonly threadsPoolType: ThreadsPoolType = 'per_initiator';
  /** By name, in the order they came. */
  readonly devices = new Map<ByteString, Device>();
  /** Files of the handler's directory that are gone: a defect of SCST the profile `recorded` shows (SPEC sysfs 16). */
  readonly lostFiles = new Set<ByteString>();

  constructor(core: ScstCore, options: DeviceHandlerOptions) {
    this.core = core;
    this.name = options.name;
    this.type = options.type;
    this.traceLevel = options.traceLevel;
    this.threadsNum = options.threadsNum ?? 1;
  }
}
