import { type Session, type Target } from '@scst/local';
import { CliError } from '../errors.js';
import { attempt } from '../survey/attempt.js';

/** What keeps a session busy. */
export interface SessionUse {
  readonly session: string;
  /** Commands that have not been answered yet. */
  readonly activeCommands: number;
}

/**
 * Refuses to go on while somebody works with the sessions of a target, or with one session.
 *
 * @throws CliError `IN_USE` that names the sessions.
 */
export const refuseWhileInUse = async (what: string, of: Target | Session): Promise<void> => {
  const sessions = 'sessions' in of ? ((await attempt(of.sessions())) ?? []) : [of];
  const uses = (await Promise.all(sessions.map(useOf))).filter((use) => use.activeCommands > 0);
  if (uses.length === 0) return;
  const reasons = uses.map(({ session, activeCommands }) => `session ${session} has ${activeCommands} active command${activeCommands === 1 ? '' : 's'}`);
  throw new CliError('IN_USE', `${what} is in use: ${reasons.join('; ')}`, {
    hint: 'Wait for its users, or give --force.',
    details: { uses: uses.map((use) => ({ ...use })) },
  });
};

const useOf = async (session: Session): Promise<SessionUse> => {
  const commands = await attempt(session.attributes.get('active_commands'));
  return { session: session.name, activeCommands: commands === undefined ? 0 : Number(commands) };
};
