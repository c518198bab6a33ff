import { decodeTransportId, encodeTransportId, parseTransportId, printTransportId, protocolIdentifierOf, protocolName, type TransportId } from '@scst/transport-id';
import { type Command } from 'commander';
import { type Context } from '../context.js';
import { addFamily, annotate } from '../definition.js';
import { usageError } from '../errors.js';
import { parseHex } from '../output/hex-dump.js';
import { type JsonValue, toHex } from '../output/json.js';

export const addTransportIdCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'transport-id', 'turn TransportIDs into bytes and back (SPC-5 7.6.4)');
  const encode = family
    .command('encode')
    .description('print the bytes of a TransportID')
    .argument('<text>', 'sas:…, iscsi:NAME[,i,0xISID], fcp:…, srp:…, spi:ADDRESS,PORT, ieee1394:…, sop:…, or hex:…')
    .option('--raw', 'print the bytes themselves instead of digits')
    .action((text: string, { raw = false }: { raw?: boolean }) => {
      const id = parseTransportId(text);
      const bytes = encodeTransportId(id);
      if (raw && !context.json) context.out.bytes(bytes);
      else context.result({ ...describe(id), bytes }, `${toHex(bytes)}\n`);
    });
  annotate(encode, {
    examples: [
      { command: 'scst-local transport-id encode sas:5feede401fade050', does: 'the TransportID of scst_local’s first session' },
      { command: 'scst-local transport-id encode --raw iqn.2026-01.com.example:host1 > id.bin', does: 'bytes for a session’s transport_id' },
    ],
  });
  const decode = family
    .command('decode')
    .description('print what the bytes of a TransportID say')
    .argument('<hex>', 'hexadecimal digits; blanks and colons between bytes are overlooked')
    .option('--lenient', 'overlook reserved bits and padding')
    .action((hex: string, { lenient = false }: { lenient?: boolean }) => {
      const bytes = parseHex(hex);
      if (bytes === undefined) throw usageError(`“${hex}” is no text of hexadecimal digits, two for each byte`);
      const id = decodeTransportId(bytes, { reserved: lenient ? 'ignore' : 'reject' });
      context.result({ ...describe(id), bytes }, `${printTransportId(id)}\n`);
    });
  annotate(decode, {
    examples: [{ command: 'scst-local transport-id decode 060000005feede401fade050000000000000000000000000', does: 'prints sas:5feede401fade050' }],
  });
};

/** A TransportID as JSON: its text, its protocol's identifier and name, and its members, 64-bit names in hexadecimal. */
const describe = (id: TransportId): Readonly<Record<string, JsonValue>> => {
  const identifier = protocolIdentifierOf(id);
  const members = Object.entries(id).flatMap(([name, value]): [string, JsonValue][] => {
    if (name === 'protocol' || name === 'bytes' || value === undefined) return [];
    return [[name, typeof value === 'bigint' ? `0x${value.toString(16).padStart(16, '0')}` : (value as JsonValue)]];
  });
  return {
    text: printTransportId(id),
    protocol: id.protocol,
    protocolIdentifier: identifier,
    protocolName: identifier === undefined ? undefined : protocolName(identifier),
    ...Object.fromEntries(members),
  };
};
