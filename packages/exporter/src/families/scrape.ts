import { type Family, known } from './family.js';

/** Whether there is an SCST, what it is, and how reading it went. */
export const SCRAPE_FAMILIES: readonly Family[] = [
  {
    name: 'scst_up',
    type: 'gauge',
    help: 'Whether there is an SCST and its tree can be read.',
    labels: [],
    needs: [],
    *samples({ survey }) {
      yield [[], Number(survey.up)];
    },
  },
  {
    name: 'scst_build_info',
    type: 'gauge',
    help: 'Version of SCST, of the kernel it was built for, its architecture and commit, where it tells them. Always 1.',
    labels: ['version', 'kernel', 'architecture', 'commit'],
    needs: ['root'],
    *samples({ survey: { version } }) {
      if (version !== undefined) yield [[version.version, version.kernel, version.architecture, version.commit], 1];
    },
  },
  {
    name: 'scst_module_info',
    type: 'gauge',
    help: 'Modules of SCST that are loaded, with their versions. Always 1.',
    labels: ['module', 'version'],
    needs: ['modules'],
    *samples({ survey: { modules } }) {
      for (const { name, version } of modules ?? []) yield [[name, version ?? ''], 1];
    },
  },
  {
    name: 'scst_threads',
    type: 'gauge',
    help: 'Command threads of SCST (threads).',
    labels: [],
    needs: ['root'],
    samples: ({ survey }) => known([], survey.threads),
  },
  {
    name: 'scst_suspended',
    type: 'gauge',
    help: 'How often commands have been suspended and not resumed (suspend).',
    labels: [],
    needs: ['root'],
    samples: ({ survey }) => known([], survey.suspended),
  },
  {
    name: 'scst_latency_measured',
    type: 'gauge',
    help: 'Whether SCST measures how long commands take (measure_latency).',
    labels: [],
    needs: ['root'],
    samples: ({ survey }) => known([], survey.measuringLatency),
  },
  {
    name: 'scst_scrape_duration_seconds',
    type: 'gauge',
    help: 'How long reading the tree took.',
    labels: [],
    needs: [],
    *samples({ scrape }) {
      yield [[], scrape.seconds];
    },
  },
  {
    name: 'scst_scrape_reads',
    type: 'gauge',
    help: 'Attributes, directories and links that the scrape read.',
    labels: [],
    needs: [],
    *samples({ scrape }) {
      yield [[], scrape.reads];
    },
  },
  {
    name: 'scst_scrape_complete',
    type: 'gauge',
    help: 'Whether everything was read that was there and asked for.',
    labels: [],
    needs: [],
    *samples({ survey, scrape }) {
      yield [[], Number(scrape.failures === 0 && survey.omittedSessions === 0)];
    },
  },
  {
    name: 'scst_scrape_stuck_reads',
    type: 'gauge',
    help: 'Reads that were given up and have not come back. They are not begun again until they do.',
    labels: [],
    needs: [],
    *samples({ scrape }) {
      yield [[], scrape.stuck];
    },
  },
  {
    name: 'scst_scrape_omitted_sessions',
    type: 'gauge',
    help: 'Sessions beyond the limit, which have no series of their own and are missing from sums.',
    labels: [],
    needs: ['sessions'],
    *samples({ survey }) {
      yield [[], survey.omittedSessions];
    },
  },
  {
    name: 'scst_scrape_errors_total',
    type: 'counter',
    help: 'Reads that gave nothing, by the kind of attribute and the reason: an errno, timeout, stuck (still under way from an earlier scrape), deadline, format, truncated.',
    labels: ['attribute', 'reason'],
    needs: [],
    *samples({ scrape }) {
      for (const { attribute, reason, count } of scrape.errors) yield [[attribute, reason], count];
    },
  },
];
