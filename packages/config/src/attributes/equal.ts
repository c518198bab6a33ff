import { parseKernelNumber } from '@scst/sysfs';
import { kindOf, type AttributeScope } from './kinds.js';
import { traceLevelHolds } from './trace-level.js';

/**
 * Whether an attribute that shows `live` already has the value a configuration wants, although the texts may differ:
 * `0x10` and `16`, `flat` and `FLAT`. Without this an apply would write the same again and again.
 *
 * Attributes of drivers this package knows nothing of are compared as text, as numbers when both are, else without regard to
 * letter case and blanks after commas (iSCSI's text keys).
 */
export const sameValue = (name: string, wanted: string, live: string, scope: AttributeScope = 'other'): boolean => {
  if (wanted === live) return true;
  if (name === 'trace_level') return traceLevelHolds(wanted, live);
  // While a device has no threads of its own, the type of their pool is not shown (SPEC 9.1).
  if (name === 'threads_pool_type' && live === 'Async') return true;
  const kind = kindOf(name, scope);
  if (kind !== undefined) {
    const normal = kind.normalise(wanted);
    return normal !== undefined && normal === (kind.normalise(live) ?? live);
  }
  const numbers = [wanted, live].map((text) => parseKernelNumber(text, 'longlong'));
  if (typeof numbers[0] === 'bigint') return numbers[0] === numbers[1];
  return loose(wanted) === loose(live);
};

const loose = (text: string): string => text.trim().toLowerCase().replace(/\s*,\s*/gu, ',');
