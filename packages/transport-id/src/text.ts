import { fromHex, toHex } from './bytes.js';
import { textError } from './codec.js';
import { codecByScheme, codecOf, printedSchemes } from './protocols/index.js';
import { decodeTransportId } from './transport-id.js';
import { type TransportId } from './types.js';

const hexForm = /^(?:0x)?(?:[0-9a-f]{2}[ ,:]?)*$/i;

/**
 * The text form of a TransportID, which {@link parseTransportId} reads back:
 *
 * | form | protocol |
 * |---|---|
 * | `fcp:21000024ff3d1a2b` | N_Port_Name |
 * | `spi:7,1` | SCSI address, relative target port identifier (decimal) |
 * | `ieee1394:0001f20000abcdef` | EUI-64 |
 * | `srp:fe800000000000000002c903000a1b2d` | initiator port identifier |
 * | `iscsi:iqn.2026-01.com.example:host1,i,0x00023d000001` | iSCSI name, and the ISID if there is one |
 * | `sas:5feede401fade050` | SAS address |
 * | `sop:0100` | PCI Express routing ID |
 * | `hex:0f0000…` | every byte, for raw |
 *
 * @throws {@link TransportIdError} when a member does not fit its field, as {@link encodeTransportId} does.
 */
export function printTransportId(id: TransportId): string {
  if (id.protocol === 'raw') return `hex:${toHex(id.bytes)}`;
  const codec = codecOf(id);
  return `${codec.schemes[0]}:${codec.print(id)}`;
}

/**
 * Reads the text form of a TransportID. Beyond what {@link printTransportId} prints it takes: blanks and line ends around
 * it; schemes and digits in either case; a comma for the colon behind the scheme, as sg_persist has it; the schemes `sbp`
 * and `rdma`; `0x` before port names, or colons or hyphens between their bytes; an iSCSI name (`iqn.`, `eui.`, `naa.`) without a
 * scheme; blanks, commas or colons between the bytes of `hex:`.
 *
 * `hex:` with the bytes of a well-formed TransportID of a known protocol gives that one, any other bytes give `raw`.
 *
 * @throws {@link TransportIdError} `TEXT`, `ISCSI_NAME` or `ISID`, with the character at which reading failed.
 */
export function parseTransportId(text: string): TransportId {
  // Not trim(): that takes away characters an iSCSI name may begin or end with.
  const start = /^[ \t\r\n]*/.exec(text)?.[0].length ?? 0;
  let end = text.length;
  while (end > start && ' \t\r\n'.includes(text.charAt(end - 1))) end -= 1;
  const body = text.slice(start, end);

  if (/^(?:iqn|eui|naa)\./i.test(body)) return readWith('iscsi', body, start);
  const scheme = /^([a-z0-9]+)[:,]/i.exec(body)?.[1];
  if (scheme === undefined) throw textError(start, `a TransportID begins with ${schemeList} and a colon`);
  return readWith(scheme.toLowerCase(), body.slice(scheme.length + 1), start + scheme.length + 1);
}

const schemeList = [...printedSchemes, 'hex'].join(', ');

function readWith(scheme: string, text: string, at: number): TransportId {
  if (scheme === 'hex') {
    if (!hexForm.test(text)) throw textError(at, 'bytes are written as two hexadecimal digits each');
    return decodeTransportId(fromHex(text.replace(/^0x/i, '').replaceAll(/[ ,:]/g, '')), { malformed: 'raw' });
  }
  const codec = codecByScheme(scheme);
  if (codec === undefined) throw textError(at - scheme.length - 1, `${scheme} is none of ${schemeList}`);
  return codec.parse(text, at);
}
