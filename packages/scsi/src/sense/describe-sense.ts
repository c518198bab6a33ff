import { readU8 } from '../bytes.js';
import { cdbFieldAt } from '../cdb/explain-cdb.js';
import { readField } from '../field.js';
import { statusName } from '../status.js';
import { additionalSenseName, senseTriple } from './additional-sense-code.js';
import { type CopyAborted, decodeCopyAborted } from './copy-aborted.js';
import { tryDecodeSense } from './decode-sense.js';
import type { Sense, SenseInput } from './sense.js';
import { senseKeyName } from './sense-key.js';

/**
 * Sense in one line for people: `ILLEGAL REQUEST, INVALID FIELD IN CDB (5/24/00)`. Deferred errors and INFORMATION are named where there
 * are any. Where the error is goes into {@link explainSense}, which has the CDB.
 */
export function describeSense(sense: SenseInput): string {
  const { senseKey, additionalSenseCode, additionalSenseCodeQualifier } = sense;
  const triple = senseTriple(senseKey, additionalSenseCode, additionalSenseCodeQualifier);
  const name = additionalSenseCode === 0 && additionalSenseCodeQualifier === 0 ? '' : `, ${additionalSenseName(additionalSenseCode, additionalSenseCodeQualifier)}`;
  const information = sense.information === undefined ? '' : `, INFORMATION ${sense.information}`;
  return `${sense.deferred === true ? 'deferred ' : ''}${senseKeyName(senseKey)}${name} (${triple})${information}`;
}

/**
 * Sense as lines for people: {@link describeSense}, then what each optional part says, with the field of the CDB named that a field pointer
 * means (`CDB byte 1 bit 7: RDPROTECT is 1`). `deviceType` as in {@link explainCdb}. Never throws.
 */
export function explainSense(sense: Sense, cdb?: Uint8Array, deviceType?: number): string[] {
  const lines = [describeSense(sense)];
  const specific = sense.senseKeySpecific;
  switch (specific?.kind) {
    case undefined:
      break;
    case 'field-pointer':
      lines.push(explainPointer(specific.inCdb ? cdb : undefined, specific.inCdb ? 'CDB' : 'parameter data', specific, deviceType));
      break;
    case 'segment-pointer':
      lines.push(explainPointer(undefined, specific.inSegmentDescriptor ? 'segment descriptor' : 'parameter list', specific, deviceType));
      break;
    case 'progress':
      lines.push(`progress ${((specific.progress * 100) / 65536).toFixed(1)} %`);
      break;
    case 'retry-count':
      lines.push(`${specific.actualRetryCount} retries`);
      break;
    case 'unit-attention-queue':
      lines.push(specific.overflow ? 'unit attentions were lost to a full queue' : 'no unit attention was lost');
      break;
    case 'other':
      lines.push(`sense key specific ${specific.value.toString(16).padStart(6, '0').toUpperCase()}h`);
      break;
  }
  const copy = decodeCopyAborted(sense);
  if (copy !== undefined) lines.push(...explainCopy(copy));
  else if (sense.commandSpecificInformation !== undefined) lines.push(`COMMAND-SPECIFIC INFORMATION ${sense.commandSpecificInformation}`);
  if (sense.fieldReplaceableUnitCode !== undefined) lines.push(`FIELD REPLACEABLE UNIT CODE ${sense.fieldReplaceableUnitCode}`);
  if (sense.stream?.filemark === true) lines.push('FILEMARK');
  if (sense.stream?.endOfMedium === true) lines.push('EOM: end of medium');
  if (sense.stream?.incorrectLength === true) lines.push('ILI: incorrect length');
  for (const descriptor of sense.otherDescriptors ?? []) {
    lines.push(`sense data descriptor of type ${readU8(descriptor, 0).toString(16).padStart(2, '0').toUpperCase()}h`);
  }
  return lines;
}

function explainCopy({ segment, source, destination }: CopyAborted): string[] {
  const answers = { source, destination };
  const lines = [`segment ${segment}`];
  for (const [device, answer] of Object.entries(answers)) {
    if (answer === undefined) continue;
    const sense = tryDecodeSense(answer.sense);
    lines.push(`copy ${device}: ${statusName(answer.status)}${sense === undefined ? '' : `, ${describeSense(sense)}`}`);
  }
  return lines;
}

function explainPointer(
  cdb: Uint8Array | undefined,
  where: string,
  pointer: { readonly bitPointer?: number | undefined; readonly fieldPointer: number },
  deviceType: number | undefined,
): string {
  const { bitPointer, fieldPointer } = pointer;
  const place = `${where} byte ${fieldPointer}${bitPointer === undefined ? '' : ` bit ${bitPointer}`}`;
  const field = cdb === undefined ? undefined : cdbFieldAt(cdb, fieldPointer, bitPointer, deviceType);
  if (cdb === undefined || field === undefined) return place;
  return `${place}: ${field.name} is ${String(readField(cdb, field))}`;
}
