import { type InUse } from '@scst/config';
import { type Scst } from '@scst/local';
import { attempt } from '../survey/attempt.js';

/** Says who uses a session: what a plan holds back without `--force`, besides what has active commands. */
export const sessionUsers =
  (scst: Scst): InUse =>
  async (subject) => {
    if (subject.kind !== 'session') return false;
    const users = (await attempt(scst.driver(subject.driver).target(subject.target).session(subject.session).users())) ?? [];
    return users.length === 0 ? false : users.join(', ');
  };
