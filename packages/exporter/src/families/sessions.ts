import { type Family, known, type Sample, type Scraped } from './family.js';
import { sessionLabels, sessionsOf, targetsOf } from './walk.js';
import { type SessionTotal } from '../totals/totals.js';

/** Sessions whose latency is measured. */
const measured = function* ({ survey, totals }: Scraped): Generator<readonly [labels: readonly string[], total: SessionTotal]> {
  for (const [target, session] of sessionsOf(survey)) {
    const total = session.latency === undefined ? undefined : totals.session(target.driver, target.name, session.name);
    if (total !== undefined) yield [sessionLabels(target, session), total];
  }
};

const bySize = function* (scraped: Scraped, field: 'commands' | 'seconds'): Generator<Sample> {
  for (const [labels, { latency }] of measured(scraped)) for (const { direction, size, total } of latency.bySize.values()) yield [[...labels, direction, String(size)], total[field]];
};

const byStage = function* (scraped: Scraped, field: 'commands' | 'seconds'): Generator<Sample> {
  for (const [labels, { latency }] of measured(scraped)) for (const { direction, stage, total } of latency.byStage.values()) yield [[...labels, direction, stage], total[field]];
};

const LABELS = ['driver', 'target', 'group', 'session'] as const;

/** Sessions, their LUNs, and how long their commands take. */
export const SESSION_FAMILIES: readonly Family[] = [
  {
    name: 'scst_session_info',
    type: 'gauge',
    help: 'Sessions that are up, with the name the initiator gave. Always 1.',
    labels: [...LABELS, 'initiator'],
    needs: ['sessions'],
    *samples({ survey }) {
      for (const [target, session] of sessionsOf(survey)) yield [[...sessionLabels(target, session), session.initiator ?? ''], 1];
    },
  },
  {
    name: 'scst_session_active_commands',
    type: 'gauge',
    help: 'Commands of the session that are under way.',
    labels: LABELS,
    needs: ['sessions'],
    *samples({ survey }) {
      for (const [target, session] of sessionsOf(survey)) yield* known(sessionLabels(target, session), session.active);
    },
  },
  {
    name: 'scst_session_luns',
    type: 'gauge',
    help: 'LUNs that the session sees.',
    labels: LABELS,
    needs: ['sessions', 'session-luns'],
    *samples({ survey }) {
      for (const [target, session] of sessionsOf(survey)) yield [sessionLabels(target, session), session.luns.length];
    },
  },
  {
    name: 'scst_session_lun_active_commands',
    type: 'gauge',
    help: 'Commands of the session to the LUN that are under way.',
    labels: [...LABELS, 'lun', 'device'],
    needs: ['sessions', 'session-luns', 'luns'],
    *samples({ survey }) {
      for (const [target, session] of sessionsOf(survey)) {
        const labels = sessionLabels(target, session);
        for (const { number, device, active } of session.luns) yield* known([...labels, String(number), device ?? ''], active);
      }
    },
  },
  {
    name: 'scst_target_active_commands',
    type: 'gauge',
    help: 'Commands of all sessions of the target that are under way.',
    labels: ['driver', 'target'],
    needs: ['sessions'],
    *samples({ survey }) {
      for (const { driver, name, sessions } of targetsOf(survey)) yield [[driver, name], sessions.reduce((sum, { active }) => sum + (active ?? 0), 0)];
    },
  },
  {
    name: 'scst_session_command_duration_seconds',
    type: 'histogram',
    help: 'How long commands took, while latency is measured. SCST tells means: what came between two scrapes, per transfer size, counts in the bucket of its mean. Sum and count are not rounded so.',
    labels: [...LABELS, 'direction'],
    needs: ['sessions', 'latency'],
    *samples(scraped) {
      for (const [labels, { latency }] of measured(scraped)) for (const [direction, distribution] of latency.byDirection) yield [[...labels, direction], distribution];
    },
  },
  {
    name: 'scst_session_sized_commands_total',
    type: 'counter',
    help: 'Commands whose latency was measured, by size: bytes of the transfer, rounded up to a power of two from 512 to 524288.',
    labels: [...LABELS, 'direction', 'size'],
    needs: ['sessions', 'latency'],
    samples: (scraped) => bySize(scraped, 'commands'),
  },
  {
    name: 'scst_session_sized_commands_seconds_total',
    type: 'counter',
    help: 'How long the commands of scst_session_sized_commands_total took together.',
    labels: [...LABELS, 'direction', 'size'],
    needs: ['sessions', 'latency'],
    samples: (scraped) => bySize(scraped, 'seconds'),
  },
  {
    name: 'scst_session_stage_commands_total',
    type: 'counter',
    help: 'Commands that passed a stage of SCST’s processing, while latency is measured.',
    labels: [...LABELS, 'direction', 'stage'],
    needs: ['sessions', 'latency'],
    optional: true,
    samples: (scraped) => byStage(scraped, 'commands'),
  },
  {
    name: 'scst_session_stage_seconds_total',
    type: 'counter',
    help: 'How long commands were in a stage of SCST’s processing, while latency is measured.',
    labels: [...LABELS, 'direction', 'stage'],
    needs: ['sessions', 'latency'],
    optional: true,
    samples: (scraped) => byStage(scraped, 'seconds'),
  },
];
