import { type Command } from 'commander';
import { notesOf } from '../definition.js';
import { EXIT_MEANINGS } from '../exit-codes.js';
import { Roff } from './roff.js';

/** What stands in the environment and on disk that the command line does not show. */
const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['SCST_LOCAL_CONNECT', 'where the SCST is, as for --connect'],
  ['NO_COLOR', 'if set and not empty, no colour'],
  ['XDG_RUNTIME_DIR', 'where a server that is not root’s has its socket'],
  ['XDG_STATE_HOME', 'below which a server that is not root’s keeps its state'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['/run/scst-local.sock, $XDG_RUNTIME_DIR/scst-local.sock', 'socket of the server, of root and of others'],
  ['/var/lib/scst, $XDG_STATE_HOME/scst', 'state of the server: persistent reservations, saved mode pages, lock'],
  ['/sys/kernel/scst_tgt', 'the kernel’s SCST'],
];

/** The man page of the program, in roff, made of the definitions that help is made of. */
export const manPage = (program: Command, version: string): string => {
  const page = new Roff().title(program.name(), 1, `${program.name()} ${version}`);
  page.section('NAME').paragraph(`${program.name()} - ${program.description()}`);
  page.section('SYNOPSIS').paragraph(`${program.name()} [options] <command> [arguments]`);
  page.section('OPTIONS').paragraph('These may stand anywhere on the command line.');
  options(page, program);
  page.section('COMMANDS');
  for (const command of visible(program)) describe(page, command, command.name());
  page.section('EXIT STATUS');
  for (const [code, meaning] of EXIT_MEANINGS) page.entry(String(code), meaning);
  page.section('ENVIRONMENT');
  for (const [name, meaning] of ENVIRONMENT) page.entry(name, meaning);
  page.section('FILES');
  for (const [name, meaning] of FILES) page.entry(name, meaning);
  const { examples } = notesOf(program);
  if (examples.length > 0) page.section('EXAMPLES');
  for (const { command, does } of examples) page.example(command, does);
  return page.toString();
};

const visible = (command: Command): readonly Command[] => command.createHelp().visibleCommands(command).filter((child) => child.name() !== 'help');

const describe = (page: Roff, command: Command, path: string): void => {
  const children = visible(command);
  if (children.length > 0) {
    for (const child of children) describe(page, child, `${path} ${child.name()}`);
    return;
  }
  const help = command.createHelp();
  const { text = [], examples } = notesOf(command);
  page.subsection(`${path} ${command.usage()}`).paragraph(sentence(command.description()));
  for (const argument of help.visibleArguments(command)) page.entry(argument.name(), help.argumentDescription(argument));
  options(page, command);
  for (const paragraph of text) page.paragraph(paragraph);
  for (const { command: line, does } of examples) page.example(line, does);
};

const options = (page: Roff, command: Command): void => {
  const help = command.createHelp();
  for (const option of help.visibleOptions(command)) {
    if (command.parent !== null && option.long === '--help') continue;
    page.entry(option.flags, help.optionDescription(option));
  }
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
