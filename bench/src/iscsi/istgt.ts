import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contender, Program } from './contender.js';

const BASE = 'iqn.2026-11.com.example';

/** istgt over the file. Its settings are those of its sample configuration, as far as they bear on speed. */
export const startIstgt = async (file: string, port: number, directory: string): Promise<Contender> => {
  const config = join(directory, 'istgt.conf');
  const users = join(directory, 'istgt-auth.conf');
  await writeFile(users, '\n', { mode: 0o600 });
  await writeFile(config, settings({ file, port, directory, users }));
  const program = new Program('istgt', ['-D', '-c', config]);
  await program.listens(port);
  return {
    name: 'istgt',
    url: `iscsi://127.0.0.1:${port}/${BASE}:istgt/0`,
    port,
    targetName: `${BASE}:istgt`,
    pid: program.pid,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
};

const settings = ({ file, port, directory, users }: { file: string; port: number; directory: string; users: string }): string => `
[Global]
  NodeBase "${BASE}"
  PidFile ${join(directory, 'istgt.pid')}
  AuthFile ${users}
  LogFacility "local7"
  Timeout 30
  NopInInterval 20
  DiscoveryAuthMethod None
  MaxSessions 256
  MaxConnections 4
  MaxR2T 32
  MaxOutstandingR2T 16
  DefaultTime2Wait 2
  DefaultTime2Retain 60
  FirstBurstLength 262144
  MaxBurstLength 1048576
  MaxRecvDataSegmentLength 262144
  InitialR2T Yes
  ImmediateData Yes
  DataPDUInOrder Yes
  DataSequenceInOrder Yes
  ErrorRecoveryLevel 0
[UnitControl]
  AuthMethod None
  Portal UC1 127.0.0.1:${port + 1}
  Netmask 127.0.0.1
[PortalGroup1]
  Portal DA1 127.0.0.1:${port}
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask 127.0.0.1
[LogicalUnit1]
  TargetName istgt
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod None
  UseDigest Auto
  UnitType Disk
  QueueDepth 64
  LUN0 Storage ${file} Auto
`;
