import { OPCODE, readU8 } from '@scst/scsi';
import type { CommandRow, DeviceClass } from '../commands/command.js';
import { passThroughCommand } from '../commands/pass-through.js';
import { findCommand } from '../commands/table.js';
import { ActiveCommand } from './active-command.js';
import type { Nexus } from './nexus.js';
import type { CoreContext, DeviceObject } from './objects.js';
import type { ScsiTask } from './task.js';

const TYPE_DISK = 0x00;
const TYPE_CDROM = 0x05;

/** What SCST itself does for devices of every type: its LUNs and its reservations are not those of the SCSI device behind. */
const OF_EVERY_TYPE: ReadonlySet<number> = new Set([
  OPCODE.REPORT_LUNS, OPCODE.PERSISTENT_RESERVE_IN, OPCODE.PERSISTENT_RESERVE_OUT, OPCODE.RESERVE_6, OPCODE.RELEASE_6, OPCODE.RESERVE_10, OPCODE.RELEASE_10,
]);

/** How many ended commands are kept to be used again. */
const MAX_SPARE = 256;

/** Makes the commands of a device from what initiators send, out of commands that have ended where there are any. */
export class CommandPool {
  readonly #device: DeviceObject;
  readonly #core: CoreContext;
  readonly #spare: ActiveCommand[] = [];

  constructor(device: DeviceObject, core: CoreContext) {
    this.#device = device;
    this.#core = core;
  }

  /** The command of a task, counted among those of its nexus and session. */
  take(task: ScsiTask, nexus: Nexus): ActiveCommand {
    nexus.activeCommands++;
    nexus.session.activeCommands++;
    const row = this.#findRow(task.cdb);
    let command = this.#spare.pop();
    if (command === undefined) command = new ActiveCommand(task, nexus, row);
    else command.reuse(task, nexus, row);
    if (nexus.session.latency) command.arrived = performance.now();
    return command;
  }

  /** A command that has ended, and that nobody refers to any more. */
  giveBack(command: ActiveCommand): void {
    if (command.row.reusable === true && !command.aborted && this.#spare.length < MAX_SPARE) this.#spare.push(command);
  }

  #findRow(cdb: Uint8Array): CommandRow {
    const { type } = this.#device;
    if (type !== TYPE_DISK && type !== TYPE_CDROM && !OF_EVERY_TYPE.has(readU8(cdb, 0))) return passThroughCommand;
    const deviceClass: DeviceClass = type === TYPE_CDROM ? 'cdrom' : 'disk';
    return findCommand(deviceClass, this.#core.profile, cdb);
  }
}
