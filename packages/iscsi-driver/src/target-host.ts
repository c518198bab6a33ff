import { type ChapAuthentication, type DiscoveredTarget, type FoundTarget, type InitiatorIdentity, type IscsiNexus, type IscsiSession, type IscsiTargetHost } from '@scst/iscsi';
import { type Scst, type Target, type UserTargetDriver } from '@scst/local';
import { encodeSense, SENSE_CONDITION } from '@scst/scsi';
import { encodeTransportId } from '@scst/transport-id';
import { isOnPortal, maySee, nameForGroups } from './access.js';
import { IscsiDriverError } from './errors.js';
import { isIscsiName } from './iscsi-name.js';
import { DriverNexus } from './nexus.js';
import { type ChapSettings, type IscsiSettings, type IscsiTargetSettings } from './settings.js';

/** SCSI transport version descriptor of iSCSI, no version claimed (SPC-5 table 152). */
const ISCSI_VERSION = 0x0960;

const LUNS_CHANGED = encodeSense(SENSE_CONDITION.REPORTED_LUNS_DATA_HAS_CHANGED);

const PLAIN: IscsiTargetSettings = {};

/** The iSCSI targets of an SCST: those targets of scst_local that have an iSCSI name. */
export class ScstTargetHost implements IscsiTargetHost {
  readonly #scst: Scst;
  readonly #driver: UserTargetDriver;
  readonly #servesUnlisted: boolean | undefined;
  /** Sessions that are being made, by target. */
  readonly #opening = new Map<string, number>();
  settings: IscsiSettings;

  /** @param servesUnlisted Whether targets are served that the settings do not name. Undefined: while they name none. */
  constructor(scst: Scst, driver: UserTargetDriver, settings: IscsiSettings, servesUnlisted: boolean | undefined) {
    this.#scst = scst;
    this.#driver = driver;
    this.settings = settings;
    this.#servesUnlisted = servesUnlisted;
  }

  /** Names of the targets there are to serve, whoever asks. */
  async targetNames(): Promise<string[]> {
    if (this.settings.enabled === false) return [];
    const targets = await this.#scst.driver().targets();
    return targets.map(({ name }) => name).filter((name) => isIscsiName(name) && this.#settingsOf(name) !== undefined);
  }

  async discover(initiator: InitiatorIdentity): Promise<readonly DiscoveredTarget[]> {
    const seen: DiscoveredTarget[] = [];
    for (const targetName of await this.targetNames()) if ((await this.#visible(initiator, targetName)) !== undefined) seen.push({ targetName });
    return seen;
  }

  discoveryAuthentication(): ChapAuthentication | undefined {
    return authentication(this.settings.discovery);
  }

  async findTarget(initiator: InitiatorIdentity, name: string): Promise<FoundTarget> {
    const targetName = name.toLowerCase();
    const settings = isIscsiName(targetName) ? await this.#visible(initiator, targetName) : undefined;
    if (settings === undefined) return undefined;
    return {
      targetName,
      targetAlias: settings.alias,
      authentication: authentication(settings.chap),
      parameters: settings.parameters,
      redirect: settings.redirect,
      openNexus: (session) => this.#openNexus(session, targetName, settings),
    };
  }

  async #openNexus(session: IscsiSession, targetName: string, settings: IscsiTargetSettings): Promise<IscsiNexus> {
    const target = await this.#driver.addTarget(targetName, { scsiTransportVersion: ISCSI_VERSION });
    const { maxSessions } = settings;
    const opening = this.#opening.get(targetName) ?? 0;
    if (maxSessions !== undefined && [...target.sessions].length + opening >= maxSessions) {
      throw new IscsiDriverError('TOO_MANY_SESSIONS', `target ${targetName} has ${maxSessions} sessions, as many as MaxSessions allows`);
    }
    this.#opening.set(targetName, opening + 1);
    const { initiator, transportId } = session;
    const opened = await target.addSession(initiator.initiatorName, { transportId: encodeTransportId(transportId), nameForGroups: nameForGroups(initiator, settings) }).finally(() => {
      this.#opening.set(targetName, (this.#opening.get(targetName) ?? 1) - 1);
    });
    return new DriverNexus(opened, () => {
      session.sendEvent(0, LUNS_CHANGED);
    });
  }

  /** Whether an initiator that is logged in may still see its target. */
  async mayStay(initiator: InitiatorIdentity, targetName: string): Promise<boolean> {
    return (await this.#visible(initiator, targetName)) !== undefined;
  }

  /** The settings of a target that an initiator may see where it knocks; undefined for any other. */
  async #visible(initiator: InitiatorIdentity, name: string): Promise<IscsiTargetSettings | undefined> {
    const settings = this.#settingsOf(name);
    if (settings === undefined || this.settings.enabled === false || !isOnPortal(settings, initiator.connection.localAddress)) return undefined;
    return (await maySee(this.#target(name), nameForGroups(initiator, settings))) ? settings : undefined;
  }

  #settingsOf(name: string): IscsiTargetSettings | undefined {
    const settings = this.settings.targets?.get(name) ?? ((this.#servesUnlisted ?? this.settings.targets === undefined) ? PLAIN : undefined);
    return settings?.enabled === false ? undefined : settings;
  }

  #target(name: string): Target {
    return this.#scst.driver().target(name);
  }
}

/** Undefined: nobody is asked. */
const authentication = (chap: ChapSettings | undefined): ChapAuthentication | undefined => (chap === undefined || chap.incoming.length === 0 ? undefined : chap);
