import { type Command } from 'commander';

/** The commands that do something, with the words that call them; hidden ones left out. */
export const leavesOf = (command: Command, words: readonly string[] = []): { command: Command; words: readonly string[] }[] => {
  const children = command.createHelp().visibleCommands(command).filter((child) => child.name() !== 'help');
  if (children.length === 0) return [{ command, words }];
  return children.flatMap((child) => leavesOf(child, [...words, child.name()]));
};
