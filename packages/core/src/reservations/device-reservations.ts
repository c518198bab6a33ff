import { type ActiveCommand } from '../nexus/active-command.js';
import { type DeviceServer } from '../nexus/device-server.js';
import { type Nexus } from '../nexus/nexus.js';

/** The reservations of one device, as its server uses them. */
export class DeviceReservations {
  readonly server: DeviceServer;

  constructor(server: DeviceServer) {
    this.server = server;
  }

  /** True: the command ends with RESERVATION CONFLICT (SPEC 2 steps 6 and 7). */
  conflicts(_command: ActiveCommand): boolean {
    return false;
  }

  /** Something is reserved or registered; while false {@link conflicts} is not asked. */
  get inUse(): boolean {
    return false;
  }

  /** LUN or target reset: the SPC-2 reservation goes, persistent ones stay. */
  reset(): void {
    // Nothing is reserved.
  }

  /** A nexus has ended: its SPC-2 reservation goes. */
  nexusClosed(_nexus: Nexus): void {
    // Nothing is reserved.
  }

  /** Reads what was saved (APTPL). */
  async load(): Promise<void> {
    // Nothing is saved.
  }

  /** Resolves when what has been acknowledged is saved. */
  async close(): Promise<void> {
    // Nothing is under way.
  }

  /** SPEC sysfs 9.5. */
  stateText(): string {
    return 'version 1\ngeneration 0\n';
  }

  /** Throws a `ScstError` `EINVAL`. */
  setStateText(_text: string): void {
    // Replaced together with the registrations themselves.
  }

  /** null: the default path. */
  async setFile(_path: string | null): Promise<void> {
    // Nothing is saved.
  }
}
