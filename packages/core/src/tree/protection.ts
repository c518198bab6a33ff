import { type AttributeRow } from './attribute.js';
import { Queued } from './work-queue.js';

/** What failed of the checks of T10 protection information: nothing, as the core itself never alters it. */
const CHECKS = '\tapp\tref\tguard\ntgt\t0\t0\t0\nscst\t0\t0\t0\ndev\t0\t0\t0';

/** The file `dif_checks_failed` of targets, sessions and LUNs that carry protection information. Writing anything zeroes it. */
export const protectionChecksRow = <T>({ queued, when }: { queued: boolean; when: (owner: T) => boolean }): AttributeRow<T> => ({
  name: 'dif_checks_failed',
  mode: 0o644,
  value: () => CHECKS,
  queuedRead: queued,
  store: () => (queued ? new Queued(() => undefined) : undefined),
  when,
});
