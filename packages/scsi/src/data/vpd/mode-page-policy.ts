import { readU8 } from '../../bytes.js';
import { encodeVpdPage, VPD_PAGE, vpdPayload, type VpdPeripheral } from './page.js';

/** One descriptor of the Mode Page Policy VPD page (87h), SPC-5 7.7.12. */
export interface ModePagePolicy {
  /** 3Fh with subpage FFh stands for all pages not named. */
  readonly pageCode: number;
  readonly subpageCode: number;
  /** MLUS: several logical units share the page. */
  readonly multipleLogicalUnitsShare: boolean;
  /** 0 = shared, 1 = per target port, 3 = per I_T nexus. */
  readonly policy: number;
}

/** Decodes the Mode Page Policy VPD page; a descriptor that was cut off is left out. */
export function decodeModePagePolicy(bytes: Uint8Array): ModePagePolicy[] {
  const payload = vpdPayload(bytes, VPD_PAGE.MODE_PAGE_POLICY);
  const policies: ModePagePolicy[] = [];
  for (let at = 0; at + 4 <= payload.length; at += 4) {
    const flags = readU8(payload, at + 2);
    policies.push({
      pageCode: readU8(payload, at) & 0x3f,
      subpageCode: readU8(payload, at + 1),
      multipleLogicalUnitsShare: (flags & 0x80) !== 0,
      policy: flags & 0x03,
    });
  }
  return policies;
}

/** Encodes the Mode Page Policy VPD page. */
export function encodeModePagePolicy(policies: readonly ModePagePolicy[], peripheral?: VpdPeripheral): Uint8Array {
  const payload = new Uint8Array(4 * policies.length);
  policies.forEach(({ pageCode, subpageCode, multipleLogicalUnitsShare, policy }, index) => {
    payload[4 * index] = pageCode & 0x3f;
    payload[4 * index + 1] = subpageCode;
    payload[4 * index + 2] = (multipleLogicalUnitsShare ? 0x80 : 0) | (policy & 0x03);
  });
  return encodeVpdPage(VPD_PAGE.MODE_PAGE_POLICY, payload, peripheral);
}
