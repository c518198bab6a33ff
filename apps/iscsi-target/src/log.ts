import { type IscsiEvent } from '@scst/iscsi';
import { destination, type Logger, pino } from 'pino';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lines of JSON on standard error. What is logged holds no secret to begin with; names that could hold one are blotted out all the same. */
export const createLog = (level: LogLevel): Logger =>
  pino({ level, base: { program: 'scst-iscsi-target', pid: process.pid }, redact: { paths: ['secret', '*.secret', 'IncomingUser', 'OutgoingUser'], censor: '…' } }, destination({ dest: 2, sync: true }));

/** What the engine tells. */
export const logEvent = (log: Logger, { kind, message, connection, initiatorName, targetName }: IscsiEvent): void => {
  const from = connection === undefined ? undefined : `${connection.remoteAddress}:${connection.remotePort}`;
  const level = kind === 'login-failed' || kind === 'connection-dropped' ? 'warn' : 'info';
  log[level]({ event: kind, from, initiator: initiatorName, target: targetName }, message);
};
