export { SgDevice, type SgDeviceOptions, type SgResetKind } from './sg-device.js';
export type { SgResult } from './sg-result.js';
export { SgError, type SgErrorCode } from './sg-error.js';
export { DRIVER_STATUS, driverStatusName, HOST_STATUS, hostStatusName } from './status-names.js';
export { DXFER, SG_IO_V3, V3_FLAG, V3_INTERFACE_ID } from './header/sg-io-v3.js';
export { SG_IO_V4, V4_FLAG, V4_GUARD } from './header/sg-io-v4.js';
export type { Layout, LayoutField, LayoutValues } from './header/layout.js';
