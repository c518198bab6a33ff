import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Contender, Program } from './contender.js';

const run = promisify(execFile);
const TARGET = 'iqn.2026-11.com.example:tgtd';

/** tgtd with its `rdwr` backing: the file by pread and pwrite. */
export const startTgtd = async (file: string, port: number): Promise<Contender> => {
  // Number of the control socket, of which each tgtd of the machine has one.
  const control = String(port);
  const program = new Program('tgtd', ['-f', '-C', control, '--iscsi', `portal=127.0.0.1:${port}`]);
  await program.listens(port);
  const admin = async (...words: string[]): Promise<void> => {
    await run('tgtadm', ['-C', control, '--lld', 'iscsi', ...words]);
  };
  try {
    await admin('--mode', 'target', '--op', 'new', '--tid', '1', '-T', TARGET);
    await admin('--mode', 'logicalunit', '--op', 'new', '--tid', '1', '--lun', '1', '-b', file);
    await admin('--mode', 'target', '--op', 'bind', '--tid', '1', '-I', 'ALL');
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
  return {
    name: 'tgtd',
    url: `iscsi://127.0.0.1:${port}/${TARGET}/1`,
    port,
    targetName: TARGET,
    pid: program.pid,
    [Symbol.asyncDispose]: async () => {
      await admin('--op', 'delete', '--mode', 'system', '--force').catch(() => undefined);
      await program[Symbol.asyncDispose]();
    },
  };
};
