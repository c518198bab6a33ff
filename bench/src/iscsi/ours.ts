import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contender, Program } from './contender.js';

const TARGET = 'iqn.2026-11.com.example:ours';
const PROGRAM = fileURLToPath(new URL('../../apps/iscsi-target/dist/cli.js', import.meta.url));

/** scst-iscsi-target over the file, as a user starts it. */
export const startOurs = async (file: string, port: number, directory: string): Promise<Contender> => {
  const config = join(directory, 'scst.conf');
  await writeFile(
    config,
    `HANDLER vdisk_fileio {\n\tDEVICE disk1 {\n\t\tfilename ${file}\n\t}\n}\nTARGET_DRIVER iscsi {\n\tenabled 1\n\tTARGET ${TARGET} {\n\t\tenabled 1\n\t\tLUN 0 disk1\n\t}\n}\n`,
  );
  const profile = process.env['SCST_BENCH_PROFILE'];
  const node = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const program = new Program(process.execPath, [...node, PROGRAM, 'serve', '--config', config, '--state', join(directory, 'state'), '--socket', join(directory, 'control'), '--listen', `127.0.0.1:${port}`]);
  await program.listens(port);
  return {
    name: 'ours',
    url: `iscsi://127.0.0.1:${port}/${TARGET}/0`,
    port,
    targetName: TARGET,
    pid: program.pid,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
};
