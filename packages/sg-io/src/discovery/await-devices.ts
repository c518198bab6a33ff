import { setTimeout as sleep } from 'node:timers/promises';
import { discover } from './discover.js';
import { type DiscoveredDevice } from './discovered-device.js';
import { DiscoveryError } from './errors.js';
import { type MachineRoots } from './roots.js';

export interface AwaitDevicesOptions extends MachineRoots {
  /** The host whose devices are waited for. Default: all hosts. */
  readonly host?: number | undefined;
  /** Milliseconds. Default: 30 000. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is waited for, in words, for the error. */
  readonly what?: string | undefined;
}

const TIMEOUT = 30_000;
/** Milliseconds between the first two looks, and the longest pause: the kernel tells nobody but udev when a scan ends. */
const SHORTEST = 5;
const LONGEST = 200;

/**
 * Waits until the kernel's scan, which goes on in the background, has found what the caller wants.
 *
 * @param until Whether the devices there are now are what is waited for.
 * @returns The devices.
 * @throws DiscoveryError `TIMEOUT`; the signal's reason when it is aborted.
 */
export const awaitDevices = async (until: (devices: readonly DiscoveredDevice[]) => boolean, { timeout = TIMEOUT, what = 'the SCSI devices', ...options }: AwaitDevicesOptions = {}): Promise<DiscoveredDevice[]> => {
  const deadline = performance.now() + timeout;
  for (let pause = SHORTEST; ; pause = Math.min(pause * 2, LONGEST)) {
    const devices = await discover(options);
    if (until(devices)) return devices;
    if (performance.now() >= deadline) {
      throw new DiscoveryError('TIMEOUT', `${what} did not appear within ${timeout} ms`, { hint: 'Look into the kernel’s log (dmesg) for what its scan met with.' });
    }
    await sleep(Math.min(pause, Math.max(1, deadline - performance.now())), undefined, { signal: options.signal }).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      throw error;
    });
  }
};

/** The modules whose drivers make a node for devices of a type. */
const DRIVER_MODULES: Readonly<Record<number, string>> = { 0x00: 'sd_mod', 0x01: 'st', 0x04: 'sr_mod', 0x05: 'sr_mod', 0x07: 'sd_mod', 0x08: 'ch', 0x0e: 'sd_mod', 0x14: 'sd_mod' };

/**
 * Whether the kernel is done with a device: it runs, and what the loaded drivers make of it is there. A driver that refuses the device
 * leaves it unready.
 *
 * @param loaded Names of modules, as `/sys/module` lists them; built-in ones are among them.
 */
export const isReady = (device: DiscoveredDevice, loaded: ReadonlySet<string>): boolean => {
  const driver = DRIVER_MODULES[device.type];
  return device.state !== 'created' && (!loaded.has('sg') || device.sg !== undefined) && (driver === undefined || !loaded.has(driver) || device.node !== undefined);
};
