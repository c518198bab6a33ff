import { type IoCounters, type ScstCore } from '@scst/core';
import { decodeName, fromByteString } from '@scst/sysfs';
import { directoryName } from '../paths.js';
import { type IoSample, type LatencyTotals, type LunCounters, lunKey } from './sample.js';

/** What each I_T_L nexus of a core has done. */
export const coreLunCounters = (core: ScstCore): LunCounters => () => {
  const found = new Map<string, IoSample>();
  for (const target of core.allTargets()) {
    const path = `targets/${target.driver.name}/${directoryName(text(target.name))}/sessions`;
    for (const session of target.sessions) {
      for (const [lun, { counters, measured }] of session.nexuses) {
        found.set(lunKey(`${path}/${text(session.name)}`, lun), sampleOf(counters, core.measureLatency ? { ...measured } : undefined));
      }
    }
  }
  return Promise.resolve(found);
};

const text = (bytes: string): string => decodeName(fromByteString(bytes));

const sampleOf = ({ read, write, bidi, none, unknown }: IoCounters, latency: LatencyTotals | undefined): IoSample => ({
  read: { commands: read.commands, bytes: read.kib * 1024 + read.rest },
  write: { commands: write.commands, bytes: write.kib * 1024 + write.rest },
  other: { commands: bidi.commands + none.commands + unknown.commands, bytes: bidi.kib * 1024 + bidi.rest },
  latency,
});
