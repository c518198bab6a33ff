import { type DeviceConfig, type GroupConfig, type HandlerConfig, type LunConfig, type ScstConfig, type TargetConfig, type TargetDriverConfig } from '../model/config.js';

/** A device with where it stands. */
export interface PlacedDevice {
  readonly handler: HandlerConfig;
  readonly device: DeviceConfig;
  readonly place: string;
}

/** A target with where it stands. */
export interface PlacedTarget {
  readonly driver: TargetDriverConfig;
  readonly target: TargetConfig;
  readonly place: string;
}

/** A set of LUNs: a target's own or a group's. */
export interface PlacedLuns {
  readonly driver: TargetDriverConfig;
  readonly target: TargetConfig;
  readonly group: GroupConfig | undefined;
  readonly luns: readonly LunConfig[];
  /** The target or group the set belongs to. */
  readonly owner: TargetConfig | GroupConfig;
  readonly place: string;
}

/** Every device of a configuration. */
export const allDevices = (config: ScstConfig): PlacedDevice[] =>
  config.handlers.flatMap((handler) => handler.devices.map((device) => ({ handler, device, place: `HANDLER ${handler.name} / DEVICE ${device.name}` })));

/** Every target of a configuration. */
export const allTargets = (config: ScstConfig): PlacedTarget[] =>
  config.targetDrivers.flatMap((driver) => driver.targets.map((target) => ({ driver, target, place: targetPlace(driver.name, target.name) })));

/** Every set of LUNs of a configuration. */
export const allLunSets = (config: ScstConfig): PlacedLuns[] =>
  allTargets(config).flatMap(({ driver, target, place }) => [
    { driver, target, group: undefined, luns: target.luns, owner: target, place },
    ...target.groups.map((group) => ({ driver, target, group, luns: group.luns, owner: group, place: `${place} / GROUP ${group.name}` })),
  ]);

export const targetPlace = (driver: string, target: string): string => `TARGET_DRIVER ${driver} / TARGET ${target}`;
