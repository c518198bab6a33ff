import { Command } from 'commander';
import { checkWords } from './check-words.js';
import { addAttributeCommands } from './commands/attributes.js';
import { addCompletionCommands } from './commands/completion.js';
import { addConfigCommands } from './commands/config/index.js';
import { addDeviceCommands } from './commands/device.js';
import { addDevicesCommand } from './commands/devices.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addEventsCommand } from './commands/events.js';
import { addGroupCommands } from './commands/group.js';
import { addInitiatorCommands } from './commands/initiator.js';
import { addLunCommands } from './commands/lun.js';
import { addManCommand } from './commands/man.js';
import { addModuleCommands } from './commands/module.js';
import { addResetCommand } from './commands/reset.js';
import { addScsiCommands } from './commands/scsi/index.js';
import { addScstadminCommand } from './commands/scstadmin/index.js';
import { addServeCommand } from './commands/serve.js';
import { addSessionCommands } from './commands/session.js';
import { addStatusCommand } from './commands/status.js';
import { addTargetCommands } from './commands/target.js';
import { addTopCommand } from './commands/top.js';
import { addTourCommand } from './commands/tour.js';
import { addTransportIdCommands } from './commands/transport-id.js';
import { addTreeCommand } from './commands/tree.js';
import { type Context } from './context.js';
import { annotate, option } from './definition.js';
import { EXIT_MEANINGS } from './exit-codes.js';
import { VERSION } from './version.js';

/** The families of commands, in the order in which help shows them. */
const FAMILIES: readonly ((program: Command, context: Context) => void)[] = [
  addTourCommand,
  addServeCommand,
  addStatusCommand,
  addDoctorCommand,
  addTreeCommand,
  addTopCommand,
  addEventsCommand,
  addModuleCommands,
  addDeviceCommands,
  addTargetCommands,
  addSessionCommands,
  addLunCommands,
  addGroupCommands,
  addInitiatorCommands,
  addDevicesCommand,
  addScsiCommands,
  addResetCommand,
  addAttributeCommands,
  addConfigCommands,
  addScstadminCommand,
  addTransportIdCommands,
  addCompletionCommands,
  addManCommand,
];

/** The whole command line. Help, completion and the man page are made of it; parsing it runs a command. */
export const createProgram = (context: Context): Command => {
  const program = new Command('scst-local')
    .description('SCST from the command line: the kernel’s, or one in user space')
    .version(VERSION)
    .addOption(option('--connect <where>', 'kernel, the socket of a server, or a directory where the tree is mounted (default: $SCST_LOCAL_CONNECT, else wherever there is one)', 'file'))
    .option('--json', 'print results, warnings and errors as JSON')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        context.out.text(text);
      },
      writeErr: (text) => {
        context.err.text(text);
      },
      // What went wrong is thrown as well, and said once for all kinds of errors.
      outputError: () => undefined,
      getOutHasColors: () => context.out.isTerminal,
      getErrHasColors: () => context.err.isTerminal,
    })
    .hook('preAction', (_, action) => {
      const { connect, json } = action.optsWithGlobals<{ connect?: string; json?: boolean }>();
      context.connect = connect ?? context.connect;
      context.json = json ?? context.json;
      checkWords(action);
    });
  annotate(program, {
    text: [['Exit status:', ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`)].join('\n')],
    examples: [
      { command: 'scst-local tour', does: 'SCST’s own guide to scst_local, carried out in this process' },
      { command: 'scst-local serve', does: 'run an SCST in user space' },
      { command: 'scst-local tree', does: 'what the SCST exports' },
    ],
  });
  for (const add of FAMILIES) add(program, context);
  return program;
};
