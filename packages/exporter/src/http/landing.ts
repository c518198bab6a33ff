import { type Scraped } from '../families/family.js';
import { targetsOf } from '../families/walk.js';
import { labelText } from '../names.js';
import { type Survey } from '../survey/types.js';
import { escapeHtml, formatBytes, table } from './html.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #c62828; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; }
.state { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); }
@media (prefers-color-scheme: dark) { :root { --good: #56d364; --bad: #ff7b72; } }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; } .number { text-align: left; } .none { opacity: .7; margin: .3rem 0; }
nav a { margin-right: 1rem; } p.about { margin: .3rem 0 .8rem; } code { background: var(--soft); padding: .1rem .3rem; border-radius: .2rem; }
`;

/** Rows a table shows at most; the metrics have them all. */
const MOST_ROWS = 200;

/** The page at `/`: what the exporter sees, and where the metrics are. */
export const landingPage = (title: string, { survey, scrape }: Scraped): string => {
  const { version, description, up } = survey;
  const state = up ? '<span class="state good">up</span>' : '<span class="state bad">not there</span>';
  const what = version === undefined ? '' : ` SCST ${escapeHtml(version.version)},`;
  return [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="about">${state}:${what} <code>${escapeHtml(labelText(description))}</code></p>`,
    '<nav><a href="/metrics">Metrics</a><a href="/-/healthy">Health</a><a href="/-/ready">Readiness</a></nav>',
    section('Targets', targets(survey)),
    section('Devices', devices(survey)),
    ...(survey.deviceGroups.length === 0 ? [] : [section('Target groups (ALUA)', targetGroups(survey))]),
    ...(survey.modules === undefined ? [] : [section('Modules', table(['Module', 'Version'], survey.modules.map(({ name, version: moduleVersion }) => [name, moduleVersion]), 'No module is loaded.'))]),
    section('This scrape', table(['Read', 'Took', 'Latency measured', 'Failed reads', 'Stuck reads'], [[scrape.reads, `${(scrape.seconds * 1000).toFixed(1)} ms`, yesNo(survey.measuringLatency), scrape.failures, scrape.stuck]], '')),
    '</body></html>\n',
  ].join('\n');
};

const section = (title: string, body: string): string => `<h2>${escapeHtml(title)}</h2>\n${body}`;

const yesNo = (flag: boolean | undefined): string | undefined => (flag === undefined ? undefined : flag ? 'yes' : 'no');

const bytes = (value: number | undefined): string | undefined => (value === undefined ? undefined : formatBytes(value));

const shown = (name: string | undefined): string | undefined => (name === undefined ? undefined : labelText(name));

const limited = <T>(rows: readonly T[]): readonly T[] => rows.slice(0, MOST_ROWS);

const beyond = (count: number): string => (count > MOST_ROWS ? `<p class="none">… and ${count - MOST_ROWS} more, which /metrics has.</p>` : '');

const targets = (survey: Survey): string => {
  const all = [...targetsOf(survey)];
  const rows = limited(all).map(({ driver, name, enabled, sets, sessionNames, sessions }) => [
    shown(driver),
    shown(name),
    enabled === undefined ? 'always on' : enabled ? 'enabled' : 'disabled',
    sets.find(({ group }) => group === '')?.luns.length,
    sets.filter(({ group }) => group !== '').map(({ group, luns }) => `${labelText(group)}: ${luns.length}`).join(', ') || undefined,
    sessionNames?.length,
    sessions.reduce((sum, { active }) => sum + (active ?? 0), 0),
  ]);
  return table(['Driver', 'Target', 'State', 'LUNs', 'LUNs of groups', 'Sessions', 'Active commands'], rows, 'There is no target.') + beyond(all.length);
};

const devices = ({ devices: all }: Survey): string => {
  const rows = limited(all).map(({ name, handler, size, backing, active, readOnly, exports, reservations, filename }) => [
    shown(name),
    shown(handler),
    bytes(size),
    bytes(backing?.allocated),
    active === false ? 'not active' : readOnly === true ? 'read-only' : 'active',
    exports,
    reservations?.reservation?.type.replaceAll('_', ' ') ?? (reservations === undefined ? undefined : 'none'),
    shown(filename),
  ]);
  return table(['Device', 'Handler', 'Size', 'Takes', 'State', 'LUNs', 'Reservation', 'File'], rows, 'There is no device.') + beyond(all.length);
};

const targetGroups = ({ deviceGroups }: Survey): string => {
  const rows = deviceGroups.flatMap(({ name, targetGroups: groups, devices: members }) => groups.map((group) => [shown(name), shown(group.name), shown(group.state), yesNo(group.preferred), group.targets.map(labelText).join(', '), members.map(labelText).join(', ')]));
  return table(['Device group', 'Target group', 'State', 'Preferred', 'Targets', 'Devices'], limited(rows), 'There is no target group.') + beyond(rows.length);
};
