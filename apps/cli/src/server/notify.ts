import { spawn } from 'node:child_process';

/**
 * Tells systemd that the server is ready (sd_notify(3)), where it asked to be told. Node has no datagram sockets of the unix kind, so systemd's
 * own program does it; the unit needs `NotifyAccess=all`.
 */
export const notifyReady = (env: Readonly<Record<string, string | undefined>>): void => {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return;
  const child = spawn('systemd-notify', ['--ready', `--pid=${process.pid}`], { stdio: 'ignore' });
  // Without the program systemd waits for a message that does not come, and says so itself.
  child.on('error', () => undefined);
};
