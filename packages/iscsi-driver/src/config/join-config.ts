import { attributesOf, pairsOf, type ScstConfig, type TargetConfig, type TargetDriverConfig } from '@scst/config';
import { ISCSI, isTreeAttribute, LOCAL } from './split-config.js';

/**
 * The reverse of {@link splitConfig}, for a configuration read from a tree: the targets that `TARGET_DRIVER iscsi` of a file speaks of
 * go back into that block, with LUNs, groups and attributes as the tree has them now, and with what is iSCSI's own as the file has it.
 * Targets that are gone are left out; targets the block does not mention stay with scst_local.
 *
 * @param config What the tree has.
 * @param block The file's `TARGET_DRIVER iscsi`.
 */
export const joinConfig = (config: ScstConfig, block: TargetDriverConfig): ScstConfig => {
  const local = config.targetDrivers.find(({ name }) => name === LOCAL);
  const live = new Map(local?.targets.map((target) => [target.name, target]));
  const targets = block.targets.flatMap((written): TargetConfig[] => {
    const target = live.get(written.name);
    if (target === undefined) return [];
    live.delete(written.name);
    const own = pairsOf(written.attributes).filter(([name]) => !isTreeAttribute(name));
    return [{ ...target, attributes: attributesOf([...own, ...pairsOf(target.attributes)]) }];
  });
  const drivers = config.targetDrivers
    .map((driver) => (driver === local ? { ...driver, targets: [...live.values()] } : driver))
    .filter((driver) => driver.name !== LOCAL || driver.targets.length > 0 || Object.keys(driver.attributes).length > 0);
  return { ...config, targetDrivers: [...drivers, { ...block, targets }] };
};

/** The block {@link joinConfig} takes, if a configuration has one. */
export const iscsiBlock = ({ targetDrivers }: ScstConfig): TargetDriverConfig | undefined => targetDrivers.find(({ name }) => name === ISCSI);
