import { type Session, type Target } from '@scst/local';
import { CliError } from '../errors.js';
import { attempt } from '../survey/attempt.js';

/**
 * Refuses to go on while somebody works with the sessions of a target, or with one session.
 *
 * @param what What would be taken away, for the error.
 * @throws CliError `IN_USE` that names the sessions and their users.
 */
export const refuseWhileInUse = async (what: string, of: Target | Session): Promise<void> => {
  const sessions = 'sessions' in of ? ((await attempt(of.sessions())) ?? []) : [of];
  const uses = await Promise.all(sessions.map(async (session) => ({ session: session.name, users: (await attempt(session.users())) ?? [] })));
  const busy = uses.filter(({ users }) => users.length > 0);
  if (busy.length === 0) return;
  throw new CliError('IN_USE', `${what} is in use: ${busy.map(({ session, users }) => `session ${session}: ${users.join(', ')}`).join('; ')}`, {
    hint: 'Wait for its users, or give --force.',
    details: { uses: busy },
  });
};
