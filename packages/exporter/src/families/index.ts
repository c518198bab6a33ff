import { ALUA_FAMILIES } from './alua.js';
import { DEVICE_FAMILIES } from './devices.js';
import { type Family } from './family.js';
import { SCRAPE_FAMILIES } from './scrape.js';
import { SESSION_FAMILIES } from './sessions.js';
import { SGV_FAMILIES } from './sgv.js';
import { TARGET_FAMILIES } from './targets.js';
import { TRAFFIC_FAMILIES } from './traffic.js';

/** Every metric family, in the order in which they are shown. */
export const FAMILIES: readonly Family[] = [...SCRAPE_FAMILIES, ...TARGET_FAMILIES, ...TRAFFIC_FAMILIES, ...SESSION_FAMILIES, ...DEVICE_FAMILIES, ...ALUA_FAMILIES, ...SGV_FAMILIES];
