import {
  describeSense, execute, explainSense, cdb, MODE_PAGES, type ModeParameters, modeSense, PAGE_CONTROL, persistentReserveIn, type RawModePage,
  reportSupportedOperationCodes, requestSense, reservationTypeName, commandName, type SupportedCommand,
} from '@scst/scsi';
import { printTransportId } from '@scst/transport-id';
import { Argument, type Command, Option } from 'commander';
import { type Context } from '../../context.js';
import { annotate } from '../../definition.js';
import { type Facts, factLines, factsJson, fieldLines, type Layout } from '../../output/facts.js';
import { hexDump } from '../../output/hex-dump.js';
import { type JsonValue } from '../../output/json.js';
import { formatTable } from '../../output/table.js';
import { numberOption } from './numbers.js';
import { lunArgument, withLun } from './with-lun.js';

/** In what state a logical unit is. */
export const addStateCommands = (family: Command, context: Context): void => {
  addTestUnitReady(family, context);
  addRequestSense(family, context);
  addModes(family, context);
  addReservations(family, context);
  addOperationCodes(family, context);
};

const addTestUnitReady = (family: Command, context: Context): void => {
  const command = family
    .command('tur')
    .description('TEST UNIT READY')
    .addArgument(lunArgument())
    .action(async (address: string) => {
      // A unit attention is an answer here, and not passed over.
      await withLun(context, address, (lu, { signal }) => execute(lu, { cdb: cdb.testUnitReady() }, { signal, unitAttentionRetries: 0 }));
      context.result({ ready: true }, 'ready\n');
    });
  annotate(command, { examples: [{ command: 'scst-local scsi tur scst_local_tgt/scst_local_host/0', does: 'exit status 4, and the sense, when it is not ready or has a unit attention' }] });
};

const addRequestSense = (family: Command, context: Context): void => {
  const command = family
    .command('sense')
    .description('REQUEST SENSE: what the device has to say; takes the oldest unit attention away')
    .addArgument(lunArgument())
    .option('--descriptor', 'ask for the descriptor format')
    .action(async (address: string, { descriptor = false }: { descriptor?: boolean }) => {
      const sense = await withLun(context, address, (lu, { signal }) => requestSense(lu, { signal, descriptorFormat: descriptor, unitAttentionRetries: 0 }));
      context.result({ ...(factsJson(sense) as Readonly<Record<string, JsonValue>>), text: describeSense(sense) }, explainSense(sense));
    });
  annotate(command, { examples: [{ command: 'scst-local scsi sense scst_local_tgt/scst_local_host/0', does: 'NO SENSE when there is nothing' }] });
};

/** What is needed of a mode page to show it. */
interface PageDecoder extends Layout {
  readonly name: string;
  readonly decode: (bytes: Uint8Array) => object;
}

const PAGES: ReadonlyMap<number, PageDecoder> = new Map(Object.values(MODE_PAGES).map((page) => [page.pageCode, page]));

const CONTROLS = { current: PAGE_CONTROL.CURRENT, changeable: PAGE_CONTROL.CHANGEABLE, default: PAGE_CONTROL.DEFAULT, saved: PAGE_CONTROL.SAVED } as const;

const addModes = (family: Command, context: Context): void => {
  const command = family
    .command('modes')
    .description('MODE SENSE: mode pages')
    .addArgument(lunArgument())
    .argument('[page]', 'page code, such as 0x08 (default: all)', numberOption('page code', 0x3f))
    .addOption(new Option('--values <which>', 'which values').choices(Object.keys(CONTROLS)).default('current'))
    .action(async (address: string, page: number | undefined, { values }: { values: keyof typeof CONTROLS }) => {
      const parameters = await withLun(context, address, (lu, options) => modeSense(lu, { ...options, pageCode: page, pageControl: CONTROLS[values] }));
      context.result(modesJson(parameters), modesText(parameters, context.out.bold));
    });
  annotate(command, {
    examples: [
      { command: 'scst-local scsi modes scst_local_tgt/scst_local_host/0', does: 'every page the device has' },
      { command: 'scst-local scsi modes scst_local_tgt/scst_local_host/0 0x08 --values changeable', does: 'what MODE SELECT may change of the caching page' },
    ],
  });
};

const decodePage = ({ pageCode, subpageCode, bytes }: RawModePage): { name: string; facts: Facts | undefined; lines: string[] } => {
  const page = subpageCode === 0 ? PAGES.get(pageCode) : undefined;
  if (page === undefined) return { name: 'page without a name here', facts: undefined, lines: hexDump(bytes).trimEnd().split('\n') };
  const facts = { ...page.decode(bytes) };
  return { name: page.name, facts, lines: fieldLines(page, facts) };
};

const modesJson = ({ pages, ...header }: ModeParameters): JsonValue =>
  factsJson({
    ...header,
    pages: pages.map((page) => {
      const { name, facts } = decodePage(page);
      return { pageCode: page.pageCode, subpageCode: page.subpageCode, parametersSaveable: page.parametersSaveable, name, facts, bytes: page.bytes };
    }),
  });

const modesText = ({ pages, mediumType, deviceSpecificParameter, blockDescriptors }: ModeParameters, bold: (text: string) => string): string[] => [
  ...factLines({ mediumType, deviceSpecificParameter: hex8(deviceSpecificParameter), blockDescriptors }),
  ...pages.flatMap((page) => {
    const { name, lines } = decodePage(page);
    const heading = bold(`${hex8(page.pageCode)}${page.subpageCode === 0 ? '' : `,${hex8(page.subpageCode)}`} ${name}`);
    return [heading, ...lines.map((line) => `  ${line}`)];
  }),
];

const hex8 = (code: number): string => `${code.toString(16).padStart(2, '0').toUpperCase()}h`;

const addReservations = (family: Command, context: Context): void => {
  const command = family
    .command('pr-in')
    .description('PERSISTENT RESERVE IN: registrations and the reservation')
    .addArgument(lunArgument())
    .addArgument(new Argument('[what]', 'what to ask for').choices(['full-status', 'keys', 'reservation', 'capabilities']).default('full-status'))
    .action(async (address: string, what: string) => {
      await withLun(context, address, async (lu, options) => {
        if (what === 'keys') {
          const { generation, keys } = await persistentReserveIn.readKeys(lu, options);
          context.result({ generation, keys: keys.map(keyText) }, [`generation ${generation}`, ...keys.map(keyText)]);
        } else if (what === 'reservation') {
          const { generation, reservation } = await persistentReserveIn.readReservation(lu, options);
          const view = reservation === undefined ? null : { key: keyText(reservation.key), scope: reservation.scope, type: reservation.type, typeName: reservationTypeName(reservation.type) };
          context.result({ generation, reservation: view }, [`generation ${generation}`, view === null ? 'nobody holds a reservation' : `${view.key} holds ${view.typeName}`]);
        } else if (what === 'capabilities') {
          const capabilities = { ...(await persistentReserveIn.reportCapabilities(lu, options)) };
          context.result(factsJson(capabilities), factLines(capabilities));
        } else {
          const { generation, registrations } = await persistentReserveIn.readFullStatus(lu, options);
          const views = registrations.map(({ key, transportId, reservationHolder, type, scope, ...others }) => ({
            ...others,
            key: keyText(key),
            transportId: printTransportId(transportId),
            reservation: reservationHolder ? { scope, type, typeName: reservationTypeName(type) } : null,
          }));
          context.result({ generation, registrations: views }, [
            `generation ${generation}`,
            ...views.map(({ key, transportId, relativeTargetPort, allTargetPorts, reservation }) =>
              `${key}  ${transportId}  ${allTargetPorts ? 'all target ports' : `target port ${relativeTargetPort}`}${reservation === null ? '' : `  holds ${reservation.typeName}`}`,
            ),
          ]);
        }
      });
    });
  annotate(command, { examples: [{ command: 'scst-local scsi pr-in scst_local_tgt/scst_local_host/0', does: 'every registration, its initiator, and who holds the reservation' }] });
};

const keyText = (key: bigint): string => `0x${key.toString(16).padStart(16, '0')}`;

const addOperationCodes = (family: Command, context: Context): void => {
  const command = family
    .command('rsoc')
    .description('REPORT SUPPORTED OPERATION CODES: every command the device knows')
    .addArgument(lunArgument())
    .option('--timeouts', 'with nominal and recommended timeouts')
    .action(async (address: string, { timeouts = false }: { timeouts?: boolean }) => {
      const commands = await withLun(context, address, (lu, options) => reportSupportedOperationCodes(lu, { ...options, timeouts }));
      const views = commands.map((supported) => ({ ...supported, name: nameOf(supported) }));
      context.result(
        factsJson(views),
        formatTable(
          [{ heading: 'OPCODE' }, { heading: 'SERVICE ACTION' }, { heading: 'CDB', align: 'right' }, { heading: 'NAME' }, ...(timeouts ? [{ heading: 'NOMINAL s', align: 'right' as const }, { heading: 'RECOMMENDED s', align: 'right' as const }] : [])],
          views.map(({ opcode, serviceAction, cdbLength, name, timeouts: given }) => [
            hex8(opcode),
            serviceAction === undefined ? '' : hex8(serviceAction),
            String(cdbLength),
            name,
            ...(timeouts ? [String(given?.nominal ?? ''), String(given?.recommended ?? '')] : []),
          ]),
          context.out.bold,
        ),
      );
    });
  annotate(command, { examples: [{ command: 'scst-local scsi rsoc scst_local_tgt/scst_local_host/0 --timeouts', does: 'operation codes, service actions, names' }] });
};

/** The standard's name of a command, from its operation code and service action. */
const nameOf = ({ opcode, serviceAction = 0, cdbLength }: SupportedCommand): string => {
  const bytes = new Uint8Array(Math.max(cdbLength, 10));
  bytes[0] = opcode;
  if (opcode === 0x7f) {
    bytes[8] = serviceAction >>> 8;
    bytes[9] = serviceAction & 0xff;
  } else {
    bytes[1] = serviceAction;
  }
  return commandName(bytes);
};
