import { cdb, type CommandResult, type LogicalUnit, SENSE_KEY, STATUS, tryDecodeSense } from '@scst/scsi';
import { toByteString } from '@scst/sysfs';
import { NexusLogicalUnit } from '../nexus/logical-unit.js';
import { type Session } from '../target/session.js';
import { type InquiryFacts } from './scsi-device.js';
import { type ScsiHost } from './scsi-host.js';

const STANDARD_INQUIRY = 36;
const REPORT_LUNS_LENGTH = 4096;
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

/**
 * Looks at the LUNs of a session as Linux scans a host: drops the devices whose LUNs have gone, and asks each new one what its
 * drivers ask. A set that is a black hole is left alone, as nothing would answer. Ends early when the signal is aborted.
 */
export const scanHost = async (session: Session, host: ScsiHost, signal: AbortSignal): Promise<void> => {
  for (const { lun } of host.devices) if (!session.nexuses.has(lun)) host.removeDevice(lun);
  if (session.nexuses.size === 0 || session.group.blackHole !== 0) return;
  await ask(unitOf(session, LUN_ZERO), { cdb: cdb.reportLuns({ allocationLength: REPORT_LUNS_LENGTH }), dataIn: REPORT_LUNS_LENGTH }, signal);
  for (const lun of [...session.nexuses.keys()]) {
    if (signal.aborted) return;
    if (session.nexuses.has(lun) && host.device(lun) === undefined) await probe(session, host, lun, signal);
  }
};

const probe = async (session: Session, host: ScsiHost, lun: number, signal: AbortSignal): Promise<void> => {
  const unit = unitOf(session, lun);
  const answer = await ask(unit, { cdb: cdb.inquiry({ allocationLength: STANDARD_INQUIRY }), dataIn: STANDARD_INQUIRY }, signal);
  const facts = answer === undefined ? undefined : factsOf(answer);
  if (facts === undefined) return;
  host.addDevice(lun, facts);
  for (const question of [...ALL, ...(DRIVERS[facts.type] ?? [])]) await ask(unit, question, signal);
};

const unitOf = (session: Session, lun: number): LogicalUnit => new NexusLogicalUnit(session.target.core, session, lun);

/** Sends a command, again where a unit attention ended it; undefined when no good answer came. */
const ask = async (unit: LogicalUnit, question: Probe, signal: AbortSignal): Promise<Uint8Array | undefined> => {
  for (let tries = 0; tries <= UNIT_ATTENTION_RETRIES && !signal.aborted; tries += 1) {
    const dataIn = question.dataIn === 0 ? undefined : new Uint8Array(question.dataIn);
    const result = await answerOf(unit.execute({ cdb: question.cdb, dataIn, signal }), signal);
    if (result === undefined) return undefined;
    if (result.status === STATUS.GOOD) return result.dataIn;
    if (tryDecodeSense(result.sense)?.senseKey !== SENSE_KEY.UNIT_ATTENTION) return undefined;
  }
  return undefined;
};

/** A command's result; undefined when it had none, or the scan was broken off meanwhile. */
const answerOf = (running: Promise<CommandResult>, signal: AbortSignal): Promise<CommandResult | undefined> =>
  new Promise((resolve) => {
    const stop = (): void => {
      resolve(undefined);
    };
    signal.addEventListener('abort', stop, { once: true });
    void running
      .then(resolve, stop)
      .finally(() => {
        signal.removeEventListener('abort', stop);
      });
  });

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
