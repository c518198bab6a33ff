import { type ScsiDevice } from '../initiator/scsi-device.js';
import { type ScsiHost } from '../initiator/scsi-host.js';
import { type ScstLocalDriver } from '../target/scst-local.js';
import { type Session } from '../target/session.js';
import { type CollectionRow, directoryRow, DirectoryType, type EntryKind } from './directory.js';

/** A directory with one directory in it that shows something of the same object. */
const wrapping = <T extends object>(role: string, name: (owner: T) => string | null, inner: DirectoryType<T>): DirectoryType<T> =>
  new DirectoryType<T>(role, {
    collections: [
      {
        lookup: (owner, wanted) => (wanted === name(owner) ? inner.of(owner) : undefined),
        *names(owner): Generator<readonly [string, EntryKind]> {
          const only = name(owner);
          if (only !== null) yield [only, 'directory'];
        },
      },
    ],
  });

const nothing = <T extends object>(role: string): DirectoryType<T> => new DirectoryType<T>(role, {});

const deviceDirectory = new DirectoryType<ScsiDevice>('scsi device', {
  attributes: [
    { name: 'vendor', mode: 0o444, value: (device) => device.vendor },
    { name: 'model', mode: 0o444, value: (device) => device.model },
    { name: 'rev', mode: 0o444, value: (device) => device.revision },
    { name: 'type', mode: 0o444, value: (device) => device.type },
    { name: 'scsi_level', mode: 0o444, value: (device) => device.scsiLevel },
    { name: 'state', mode: 0o444, value: () => 'running' },
  ],
  fixed: [
    directoryRow('scsi_device', wrapping<ScsiDevice>('scsi_device', (device) => device.hctl, nothing('scsi_device entry')), (device: ScsiDevice) => device),
    directoryRow(
      'scsi_generic',
      wrapping<ScsiDevice>('scsi_generic', (device) => `sg${device.genericNumber}`, nothing('scsi_generic entry')),
      (device: ScsiDevice) => device,
    ),
    {
      ...directoryRow('block', wrapping<ScsiDevice>('block', (device) => device.blockName, nothing('block entry')), (device: ScsiDevice) => device),
      when: (device) => device.blockName !== null,
    },
  ],
});

const targetDirectory = new DirectoryType<ScsiHost>('scsi target', {
  collections: [
    {
      lookup: (host, name) => {
        const device = host.deviceByHctl(name);
        return device === undefined ? undefined : deviceDirectory.of(device);
      },
      *names(host) {
        for (const device of host.devices) yield [device.hctl, 'directory'];
      },
    },
  ],
});

const scsiHostDirectory = new DirectoryType<ScsiHost>('scsi_host entry', {
  attributes: [
    { name: 'proc_name', mode: 0o444, value: () => 'scst_local' },
    { name: 'unique_id', mode: 0o444, value: () => 0 },
  ],
});

const targetName = (host: ScsiHost): string => `target${host.number}:0:${host.id}`;

const hostDirectory = new DirectoryType<ScsiHost>('host', {
  fixed: [
    directoryRow(
      'scsi_host',
      wrapping<ScsiHost>('scsi_host', (host) => `host${host.number}`, scsiHostDirectory),
      (host: ScsiHost) => host,
    ),
  ],
  collections: [
    {
      lookup: (host, name) => (name === targetName(host) && host.deviceCount > 0 ? targetDirectory.of(host) : undefined),
      *names(host) {
        if (host.deviceCount > 0) yield [targetName(host), 'directory'];
      },
    },
  ],
});

const hostOf = (session: Session): ScsiHost | undefined => session.target.core.hosts.of(session);

/** A session's device on the bus of scst_local. */
const adapterDirectory = new DirectoryType<Session>('scst_local adapter', {
  collections: [
    {
      lookup: (session, name) => {
        const host = hostOf(session);
        return host !== undefined && name === `host${host.number}` ? hostDirectory.of(host) : undefined;
      },
      *names(session) {
        const host = hostOf(session);
        if (host !== undefined) yield [`host${host.number}`, 'directory'];
      },
    },
  ],
});

const adapters: CollectionRow<ScstLocalDriver> = {
  lookup: (driver, name) => {
    for (const target of driver.targets.values()) {
      const session = target.sessionsByName.get(name);
      if (session !== undefined) return adapterDirectory.of(session);
    }
    return undefined;
  },
  *names(driver) {
    for (const target of driver.targets.values()) for (const name of target.sessionsByName.keys()) yield [name, 'directory'];
  },
};

/** `/sys/devices/scst_local/`: the SCSI hosts of sessions, where the link `host` of each points. */
export const scstLocalHostsDirectory = new DirectoryType<ScstLocalDriver>('scst_local hosts', { collections: [adapters] });
