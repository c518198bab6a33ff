import { fromByteString, toByteString } from '@scst/sysfs';
import { Device } from '../device/device.js';
import { threadIndex } from '../device/thread-index.js';
import { type Nexus } from '../nexus/nexus.js';
import { shownName } from '../shown-name.js';
import { CopyManager } from '../target/copy-manager.js';
import { LATENCY_DIRECTIONS, LATENCY_SIZES } from '../target/latency.js';
import { ScstLocalDriver } from '../target/scst-local.js';
import { type Session } from '../target/session.js';
import { type AttributeRow } from './attribute.js';
import { counterRows } from './counters.js';
import { type CollectionRow, directoryRow, DirectoryType, linkRow } from './directory.js';
import { protectionChecksRow } from './protection.js';

const LATENCY_HEADER = 'state count min max avg stddev';

const isLocal = (session: Session): boolean => session.target.driver instanceof ScstLocalDriver;

const latencyRow = (letter: keyof typeof LATENCY_DIRECTIONS, size: number): AttributeRow<Session> => ({
  name: `${letter}${size}`,
  mode: 0o644,
  value: (session) => [LATENCY_HEADER, ...(session.latency?.lines(LATENCY_DIRECTIONS[letter], size) ?? [])].join('\n'),
  store: (session) => {
    session.latency?.reset();
  },
});

/** `sessions/S/latency/`. */
const latencyDirectory = new DirectoryType<Session>('session latency', {
  attributes: (['n', 'r', 'w', 'b'] as const).flatMap((letter) => LATENCY_SIZES.map((size) => latencyRow(letter, size))),
});

/** `sessions/S/lunN/`: an I_T_L nexus. */
const nexusDirectory = new DirectoryType<Nexus>('session lun', {
  attributes: [
    { name: 'active_commands', mode: 0o444, value: (nexus) => nexus.activeCommands },
    { name: 'thread_index', mode: 0o444, value: threadIndex },
    // The core has no threads: commands run in the process itself.
    { name: 'thread_pid', mode: 0o444, text: () => '' },
    protectionChecksRow({ queued: false, when: ({ session, device }) => session.target.driver.name === 'copy_manager' && device instanceof Device && device.hasProtection }),
  ],
});

const nexuses: CollectionRow<Session> = {
  lookup: (session, name) => {
    const number = /^lun(0|[1-9]\d{0,4})$/.exec(name)?.[1];
    const nexus = number === undefined ? undefined : session.nexuses.get(Number(number));
    return nexus === undefined ? undefined : nexusDirectory.of(nexus);
  },
  *names(session) {
    for (const number of session.nexuses.keys()) yield [`lun${number}`, 'directory'];
  },
};

const hostPath = (session: Session): string => {
  const number = session.target.core.hosts.of(session)?.number ?? 0;
  return `../../../../../../../devices/scst_local/${session.name}/host${number}/scsi_host/host${number}`;
};

/** `sessions/S/` (SPEC sysfs 7). */
export const sessionDirectory = new DirectoryType<Session>('session', {
  attributes: [
    { name: 'initiator_name', mode: 0o444, value: (session) => session.initiatorName },
    { name: 'commands', mode: 0o444, value: (session) => session.activeCommands },
    { name: 'active_commands', mode: 0o444, value: (session) => session.activeCommands, queuedRead: true },
    ...counterRows<Session>((session, direction) => session.counters[direction], {
      queuedRead: false,
      reset: (session, direction) => {
        session.counters.reset(direction);
      },
    }),
    protectionChecksRow({ queued: true, when: (session) => session.target.driver instanceof CopyManager }),
    { name: 'host_no', mode: 0o444, value: (session) => session.target.core.hosts.of(session)?.number ?? 0, when: isLocal },
    {
      name: 'transport_id',
      mode: 0o644,
      text: (session) => toByteString(session.shownTransportId),
      raw: true,
      store: (session, bytes) => {
        session.setTransportId(fromByteString(bytes));
      },
      when: isLocal,
    },
    {
      name: 'force_close',
      mode: 0o200,
      store: (session) => {
        session.target.driver.closeSoon(session);
      },
      when: isLocal,
    },
  ],
  fixed: [
    directoryRow('latency', latencyDirectory, (session) => session),
    linkRow('luns', (session) => (session.group.name === null ? '../../luns' : `../../ini_groups/${shownName(session.group.name)}/luns`)),
    linkRow('host', hostPath, isLocal),
  ],
  collections: [nexuses],
});

