/** The module that makes a device handler, by the handler's name; undefined for one nobody knows. */
export const handlerModule = (handler: string): string | undefined => {
  if (handler.startsWith('vdisk_') || handler === 'vcdrom') return 'scst_vdisk';
  const kind = /^dev_([a-z]+?)(?:_perf)?$/u.exec(handler)?.[1];
  return kind === undefined ? undefined : `scst_${kind}`;
};

/** The modules of target drivers, where they are not called like the driver. */
const DRIVER_MODULES: ReadonlyMap<string, string> = new Map([
  ['iscsi', 'iscsi_scst'],
  ['qla2x00t', 'qla2x00tgt'],
  ['copy_manager', 'scst'],
]);

/** The module that makes a target driver, by the driver's name. */
export const driverModule = (driver: string): string => DRIVER_MODULES.get(driver) ?? driver;
