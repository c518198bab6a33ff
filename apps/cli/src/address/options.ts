import { type Option } from 'commander';
import { option } from '../definition.js';

/** How help calls a target's address. */
export const TARGET_TEXT = 'TARGET, or DRIVER:TARGET for another driver than scst_local';
export const SESSION_TEXT = 'TARGET/SESSION';
export const GROUP_TEXT = 'TARGET/GROUP';
export const LUN_SET_TEXT = 'TARGET, or TARGET/GROUP for the LUNs of a group';
export const LUN_TEXT = 'TARGET/SESSION/LUN';

/** `--driver`, for addresses that do not name the driver themselves. */
export const driverOption = (): Option => option('--driver <name>', 'target driver (default: scst_local)', 'driver');

export interface DriverOption {
  driver?: string;
}
