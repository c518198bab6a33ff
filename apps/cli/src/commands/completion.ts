import { Argument, type Command } from 'commander';
import { complete } from '../completion/complete.js';
import { findValues } from '../completion/find-values.js';
import { completionScript, type Shell, SHELLS } from '../completion/scripts.js';
import { splitLine } from '../completion/split-line.js';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';

export const addCompletionCommands = (program: Command, context: Context): void => {
  const command = program
    .command('completion')
    .description('print the script that makes TAB work in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell) => {
      context.out.text(completionScript(shell));
    });
  annotate(command, {
    examples: [
      { command: 'source <(scst-local completion bash)', does: 'in ~/.bashrc' },
      { command: 'scst-local completion zsh > "${fpath[1]}/_scst-local"', does: 'for zsh' },
      { command: 'scst-local completion fish > ~/.config/fish/completions/scst-local.fish', does: 'for fish' },
    ],
  });
  program
    .command('__complete', { hidden: true })
    .argument('<line>', 'the command line up to the cursor')
    .action(async (line: string) => {
      // TAB must never print an error: without an SCST there just are no names.
      const { mode, candidates } = await complete(program, splitLine(line).slice(1), async (kind, word) => {
        try {
          return await context.withScst((scst) => findValues(scst, kind, word));
        } catch {
          return [];
        }
      });
      context.out.line(mode);
      for (const { value, description } of candidates) context.out.line(description === '' ? value : `${value}\t${description}`);
    });
};
