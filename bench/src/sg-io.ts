import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './measure.js';

const MACHINE = fileURLToPath(new URL('../../e2e/dist/vm.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./sg-io-measured.js', import.meta.url));
const LIMIT = 1500;

/**
 * SG_IO on a kernel of its own: see sg-io-measured.ts. Its clock counts instructions, so that the host's other work changes no ratio. Nothing where no
 * virtual machine can be had, which is said.
 */
export const sgIo = (): Promise<Verdict[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MACHINE, '--instruction-clock', '--limit', `${LIMIT}`, '--run', `'${process.execPath}' '${PROGRAM}'`], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => {
      const line = output.split('\n').find((text) => text.startsWith('{"verdicts":'));
      if (line !== undefined) resolve((JSON.parse(line) as { verdicts: Verdict[] }).verdicts);
      else if (code === 0) resolve([]);
      else reject(new Error(`the measurement in the virtual machine ended with status ${code ?? 'none'}\n${output}`));
    });
  });
