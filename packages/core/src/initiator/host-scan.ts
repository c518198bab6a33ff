import { setImmediate as nextTurn } from 'node:timers/promises';
import { cdb, type CommandResult, SENSE_KEY, STATUS, tryDecodeSense } from '@scst/scsi';
import { toByteString } from '@scst/sysfs';
import { type Activity } from '../background.js';
import { NexusLogicalUnit } from '../nexus/logical-unit.js';
import { type InquiryFacts } from './scsi-device.js';
import { type ScsiHost } from './scsi-host.js';

const STANDARD_INQUIRY = 36;
const REPORT_LUNS_HEADER = 8;
const REPORT_LUNS_ENTRY = 8;
/** Bytes; what Linux has room for at first. */
const REPORT_LUNS_LEAST = 512 * REPORT_LUNS_ENTRY;
const ONE_BYTE = 255;
const UNIT_ATTENTION_RETRIES = 3;
/** The well-known REPORT LUNS is sent to LUN 0, mapped or not. */
const LUN_ZERO = 0;
const TYPE_DISK = 0x00;
const TYPE_CD_ROM = 0x05;

/** A command of the scan, and how much data-in is offered to it. */
interface Probe {
  readonly cdb: Uint8Array;
  readonly dataIn: number;
}

const vpd = (pageCode: number): Probe => ({ cdb: cdb.inquiry({ evpd: true, pageCode, allocationLength: ONE_BYTE }), dataIn: ONE_BYTE });
const modeSense = (pageCode: number, allocationLength: number): Probe => ({ cdb: cdb.modeSense6({ pageCode, allocationLength }), dataIn: allocationLength });

/** What Linux asks every new device. */
const ALL: readonly Probe[] = [vpd(0x00), vpd(0x80), vpd(0x83)];

/** What its disk and CD-ROM drivers ask besides. */
const DRIVERS: Readonly<Record<number, readonly Probe[]>> = {
  [TYPE_DISK]: [
    { cdb: cdb.testUnitReady(), dataIn: 0 },
    { cdb: cdb.readCapacity16({ allocationLength: 32 }), dataIn: 32 },
    modeSense(0x3f, 4),
    modeSense(0x08, 4),
    modeSense(0x08, 24),
    vpd(0xb0),
    vpd(0xb1),
  ],
  [TYPE_CD_ROM]: [{ cdb: cdb.testUnitReady(), dataIn: 0 }, modeSense(0x2a, 128), { cdb: cdb.readCapacity10(), dataIn: 8 }],
};

/** Milliseconds a scan goes on before it lets the event loop turn: commands that are answered at once never do by themselves. */
const TURN = 2;
/** Milliseconds after which a command is held back by something: commands of a scan need nothing of the medium. */
const PATIENCE = 50;

/**
 * Looks at the LUNs of a session as Linux scans a host: drops the devices whose LUNs have gone, and asks each new one what its
 * drivers ask. A set that is a black hole is left alone, as nothing would answer.
 */
export class HostScan {
  readonly #host: ScsiHost;
  readonly #activity: Activity;
  readonly #signal: AbortSignal;
  /** Resolves when the scan is broken off. */
  readonly #broken: Promise<undefined>;
  #break: () => void = () => undefined;

  /** `signal` breaks it off. */
  constructor(host: ScsiHost, activity: Activity, signal: AbortSignal) {
    this.#host = host;
    this.#activity = activity;
    this.#signal = signal;
    this.#broken = new Promise((resolve) => {
      this.#break = () => {
        resolve(undefined);
      };
    });
  }

  async run(): Promise<void> {
    this.#signal.addEventListener('abort', this.#break, { once: true });
    try {
      await this.#look();
    } finally {
      this.#signal.removeEventListener('abort', this.#break);
    }
  }

  async #look(): Promise<void> {
    const { session } = this.#host;
    for (const { lun } of this.#host.devices) if (!session.nexuses.has(lun)) this.#host.removeDevice(lun);
    if (session.nexuses.size === 0 || session.group.blackHole !== 0) return;
    const length = Math.max(REPORT_LUNS_LEAST, REPORT_LUNS_HEADER + session.nexuses.size * REPORT_LUNS_ENTRY);
    await this.#ask(LUN_ZERO, { cdb: cdb.reportLuns({ allocationLength: length }), dataIn: length });
    let turnBegan = performance.now();
    for (const lun of [...session.nexuses.keys()]) {
      if (performance.now() - turnBegan > TURN) {
        await nextTurn();
        turnBegan = performance.now();
      }
      if (this.#signal.aborted) return;
      if (lun < this.#host.maxLuns && session.nexuses.has(lun) && this.#host.device(lun) === undefined) await this.#probe(lun);
    }
  }

  async #probe(lun: number): Promise<void> {
    const answer = await this.#ask(lun, { cdb: cdb.inquiry({ allocationLength: STANDARD_INQUIRY }), dataIn: STANDARD_INQUIRY });
    const facts = answer === undefined ? undefined : factsOf(answer);
    if (facts === undefined) return;
    this.#host.addDevice(lun, facts);
    for (const question of [...ALL, ...(DRIVERS[facts.type] ?? [])]) await this.#ask(lun, question);
  }

  /** Sends a command, again where a unit attention ended it; undefined when no good answer came. */
  async #ask(lun: number, question: Probe): Promise<Uint8Array | undefined> {
    const { session } = this.#host;
    const unit = new NexusLogicalUnit(session.target.core, session, lun);
    for (let tries = 0; tries <= UNIT_ATTENTION_RETRIES && !this.#signal.aborted; tries += 1) {
      const dataIn = question.dataIn === 0 ? undefined : new Uint8Array(question.dataIn);
      const result = await this.#answer(unit.execute({ cdb: question.cdb, dataIn, signal: this.#signal }));
      if (result === undefined) return undefined;
      if (result.status === STATUS.GOOD) return result.dataIn;
      if (tryDecodeSense(result.sense)?.senseKey !== SENSE_KEY.UNIT_ATTENTION) return undefined;
    }
    return undefined;
  }

  /** A command's result; undefined when it had none, or the scan was broken off meanwhile. */
  async #answer(running: Promise<CommandResult>): Promise<CommandResult | undefined> {
    const cancel = this.#host.session.target.core.clock.after(PATIENCE, () => {
      this.#activity.pause();
    });
    try {
      return await Promise.race([running.catch(() => undefined), this.#broken]);
    } finally {
      cancel();
      this.#activity.resume();
    }
  }
}

/** What standard INQUIRY data tells; undefined when there is no device (PERIPHERAL QUALIFIER 3). */
const factsOf = (data: Uint8Array): InquiryFacts | undefined => {
  const [first = 0x7f, , version = 0] = data;
  if (first >> 5 === 3 || data.length < STANDARD_INQUIRY) return undefined;
  const text = toByteString(data);
  return {
    type: first & 0x1f,
    vendor: text.slice(8, 16),
    model: text.slice(16, 32),
    revision: text.slice(32, 36),
    scsiLevel: version >= 2 ? version + 1 : version,
  };
};
