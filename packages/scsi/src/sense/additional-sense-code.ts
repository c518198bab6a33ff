import { ADDITIONAL_SENSE_CODES_00_1F } from './additional-sense-codes-00-1f.js';
import { ADDITIONAL_SENSE_CODES_20_3F } from './additional-sense-codes-20-3f.js';
import { ADDITIONAL_SENSE_CODES_40_7F } from './additional-sense-codes-40-7f.js';

const TABLES = [ADDITIONAL_SENSE_CODES_00_1F, ADDITIONAL_SENSE_CODES_20_3F, ADDITIONAL_SENSE_CODES_40_7F, ADDITIONAL_SENSE_CODES_40_7F] as const;

const hex2 = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();

/**
 * The name of an additional sense code and qualifier (SPC-5 annex F.2). Codes whose qualifier is a number of something (40h, 4Dh, 70h) show
 * it; what the standard leaves to vendors, or does not name, says so. Never throws.
 */
export function additionalSenseName(additionalSenseCode: number, additionalSenseCodeQualifier: number): string {
  const code = additionalSenseCode & 0xff;
  const qualifier = additionalSenseCodeQualifier & 0xff;
  const name = code < 0x80 ? TABLES[code >>> 5]?.[(code << 8) | qualifier] : undefined;
  if (name !== undefined) return name;
  if (code === 0x40 && qualifier >= 0x80) return `DIAGNOSTIC FAILURE ON COMPONENT ${hex2(qualifier)}h`;
  if (code === 0x4d) return `TAGGED OVERLAPPED COMMANDS (TASK TAG ${hex2(qualifier)}h)`;
  if (code === 0x70) return `DECOMPRESSION EXCEPTION SHORT ALGORITHM ID OF ${hex2(qualifier)}h`;
  const numbers = `${hex2(code)}/${hex2(qualifier)}`;
  return code >= 0x80 || qualifier >= 0x80 ? `VENDOR SPECIFIC ADDITIONAL SENSE CODE ${numbers}` : `ADDITIONAL SENSE CODE ${numbers}`;
}

/** `5/24/00`: sense key, code and qualifier the way people write them, in upper-case hex. */
export function senseTriple(senseKey: number, additionalSenseCode: number, additionalSenseCodeQualifier: number): string {
  return `${(senseKey & 0x0f).toString(16).toUpperCase()}/${hex2(additionalSenseCode)}/${hex2(additionalSenseCodeQualifier)}`;
}
