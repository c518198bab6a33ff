import type { DeviceServer } from '../nexus/device-server.js';
import type { TargetPorts } from './reserve-out.js';

/** PROTOCOL IDENTIFIER of SAS, what scst_local's TransportIDs have (SPC-5 table 503). */
const PROTOCOL_SAS = 0x6;

/** The target ports of the machine, and the remote ones of the device's group, for ALL_TG_PT. */
export function targetPorts({ core, device }: DeviceServer): TargetPorts {
  return {
    *local(protocol, forRegistering) {
      for (const { driver, forwarding, relTgtId } of core.allTargets()) {
        if ((driver.protocolIdentifier ?? PROTOCOL_SAS) !== protocol) continue;
        // Initiators of a forwarding target are registered where their commands came from.
        if (forRegistering && forwarding === true) continue;
        yield relTgtId;
      }
    },
    *remote() {
      for (const group of device.deviceGroup?.targetGroups.values() ?? []) {
        for (const member of group.members) if (member.target === null) yield member.relTgtId;
      }
    },
  };
}
