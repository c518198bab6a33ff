import { type Codec } from '../codec.js';
import { type RawTransportId, type TransportId } from '../types.js';
import { fcp } from './fcp.js';
import { ieee1394 } from './ieee1394.js';
import { iscsi } from './iscsi.js';
import { sas } from './sas.js';
import { sop } from './sop.js';
import { spi } from './spi.js';
import { srp } from './srp.js';

/** A TransportID of a protocol for which SPC defines the format. */
export type KnownTransportId = Exclude<TransportId, RawTransportId>;

/** The codecs, one for each row of SPC-4 table 499. */
const codecs = { fcp, spi, ieee1394, srp, iscsi, sas, sop };

const all: readonly Codec<KnownTransportId>[] = Object.values(codecs);
const byIdentifier = new Map(all.map((codec) => [codec.protocolIdentifier, codec]));
const byScheme = new Map(all.flatMap((codec) => codec.schemes.map((scheme) => [scheme, codec])));

/** The codec that fits this TransportID. */
export const codecOf = (id: KnownTransportId): Codec<KnownTransportId> => codecs[id.protocol];

/** The codec of a PROTOCOL IDENTIFIER, or undefined where SPC defines no format. */
export const codecByIdentifier = (identifier: number): Codec<KnownTransportId> | undefined => byIdentifier.get(identifier);

/** The codec of a text scheme (lower case). */
export const codecByScheme = (scheme: string): Codec<KnownTransportId> | undefined => byScheme.get(scheme);

/** The schemes that are printed. */
export const printedSchemes: readonly string[] = all.map(({ schemes }) => schemes[0]);
