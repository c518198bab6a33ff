import { type LunSetSurvey, type LunSurvey, type SessionSurvey, type Survey, type TargetSurvey } from '../survey/types.js';

export const targetsOf = function* ({ drivers }: Survey): Generator<TargetSurvey> {
  for (const { targets } of drivers) yield* targets;
};

export const setsOf = function* (survey: Survey): Generator<readonly [TargetSurvey, LunSetSurvey]> {
  for (const target of targetsOf(survey)) for (const set of target.sets) yield [target, set];
};

export const lunsOf = function* (survey: Survey): Generator<readonly [TargetSurvey, LunSetSurvey, LunSurvey]> {
  for (const [target, set] of setsOf(survey)) for (const lun of set.luns) yield [target, set, lun];
};

export const sessionsOf = function* (survey: Survey): Generator<readonly [TargetSurvey, SessionSurvey]> {
  for (const target of targetsOf(survey)) for (const session of target.sessions) yield [target, session];
};

/** Values of the labels driver, target, group, session. A session whose set is not known counts as of none. */
export const sessionLabels = ({ driver, name }: TargetSurvey, session: SessionSurvey): readonly string[] => [driver, name, session.group ?? '', session.name];

