/** Persistent reservations of a device, as `pr_state` tells them (SPEC sysfs 9.5). */
export interface PrState {
  /** PRgeneration, SPC-5 6.16.2. */
  readonly generation: number;
  /** What is held. */
  readonly reservation: { readonly type: string; readonly scope: string } | undefined;
  readonly registrants: number;
}

/** Types of persistent reservations, SPC-5 table 72, by their code in hex. */
const TYPES: Readonly<Record<string, string>> = {
  '01': 'write_exclusive',
  '03': 'exclusive_access',
  '05': 'write_exclusive_registrants_only',
  '06': 'exclusive_access_registrants_only',
  '07': 'write_exclusive_all_registrants',
  '08': 'exclusive_access_all_registrants',
};

/** Undefined for a text that is none of version 1. */
export const parsePrState = (text: string): PrState | undefined => {
  const [first, ...lines] = text.split('\n');
  if (first !== 'version 1') return undefined;
  let [generation, registrants] = [0, 0];
  let reservation: PrState['reservation'];
  for (const line of lines) {
    const [word, ...values] = line.split(' ');
    if (word === 'generation') generation = Number(values[0]);
    else if (word === 'registrant') registrants += 1;
    else if (word === 'reservation') reservation = { type: TYPES[values[0] ?? ''] ?? 'other', scope: values[1] === '00' ? 'lu' : 'other' };
  }
  return Number.isNaN(generation) ? undefined : { generation, reservation, registrants };
};
