import { encodeSense, isCondition, SENSE_CONDITION, type SenseCondition } from '@scst/scsi';

/**
 * Pending unit attentions of one I_T_L nexus (SAM-6 5.14; SPEC 11): a FIFO in which the same condition in the same sense format is
 * not queued twice.
 */
export class UnitAttentionQueue {
  readonly #pending: Uint8Array[] = [];

  get length(): number {
    return this.#pending.length;
  }

  /** Appends a condition; `sense` as it will be delivered. `atHead`: reported before all others. */
  push(sense: Uint8Array, atHead = false): void {
    if (this.#pending.some((other) => sameBytes(other, sense))) return;
    if (atHead) this.#pending.unshift(sense);
    else this.#pending.push(sense);
  }

  /** The oldest, without removing it. */
  peek(): Uint8Array | undefined {
    return this.#pending[0];
  }

  /** The oldest, removed. */
  shift(): Uint8Array | undefined {
    return this.#pending.shift();
  }

  clear(): void {
    this.#pending.length = 0;
  }
}

/** ASC of POWER ON, RESET, OR BUS DEVICE RESET OCCURRED and its like. */
const ASC_RESET = 0x29;

/**
 * Sense data of a unit attention. Resets and MODE PARAMETERS CHANGED are always in fixed format, whatever D_SENSE says
 * (SPEC 3).
 */
export function unitAttentionSense(condition: SenseCondition, descriptorFormat: boolean): Uint8Array {
  const fixed =
    !descriptorFormat ||
    condition.additionalSenseCode === ASC_RESET ||
    isCondition(condition, SENSE_CONDITION.MODE_PARAMETERS_CHANGED);
  const { senseKey, additionalSenseCode, additionalSenseCodeQualifier } = condition;
  return encodeSense({ senseKey, additionalSenseCode, additionalSenseCodeQualifier, format: fixed ? 'fixed' : 'descriptor' });
}

/**
 * Conditions that a target driver which can report asynchronous events takes for itself, so that they leave no unit attention
 * unless `aen_disabled` is set (SPEC 11).
 */
export const ASYNCHRONOUS_EVENTS: ReadonlySet<SenseCondition> = new Set([
  SENSE_CONDITION.CAPACITY_DATA_HAS_CHANGED,
  SENSE_CONDITION.INQUIRY_DATA_HAS_CHANGED,
  SENSE_CONDITION.REPORTED_LUNS_DATA_HAS_CHANGED,
  SENSE_CONDITION.ASYMMETRIC_ACCESS_STATE_CHANGED,
]);

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
