import { writeFile } from 'node:fs/promises';
import { type LogicalUnit, persistentReserveIn, persistentReserveOut, read, synchronizeCache, testUnitReady, TransportError, write } from '@scst/scsi';
import { type Scst } from '@scst/local';
import { expect, it } from 'vitest';
import { BLOCK, blockOf, Ledger, sequenceOf } from './ledger.js';
import { Seeded, seedOfRun } from './seeded.js';
import { defaultSession, Workplace } from './workplace.js';

const ROUNDS = 6;
const BLOCKS = 192;
const WRITERS = 3;

/** How a writer learns that its data is stable. */
const WAYS = {
  /** Of `plain`: FUA, or SYNCHRONIZE CACHE after the write. */
  plain: async (lun: LogicalUnit, lba: number, data: Uint8Array, random: Seeded): Promise<void> => {
    const fua = random.below(2) === 0;
    await write(lun, { lba, data, blockLength: BLOCK, fua });
    if (!fua) await synchronizeCache(lun);
  },
  /** Of `through`: a device that has no volatile cache. */
  through: async (lun: LogicalUnit, lba: number, data: Uint8Array): Promise<void> => {
    await write(lun, { lba, data, blockLength: BLOCK });
  },
};

const DEVICES = ['plain', 'through'] as const;

/** Ends when the server is gone, and at nothing else. */
const untilGone = async (work: () => Promise<void>): Promise<void> => {
  try {
    for (;;) await work();
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
  }
};

/** A writer of its own part of a device. */
const writeForever = async (lun: LogicalUnit, device: (typeof DEVICES)[number], part: number, ledger: Ledger, random: Seeded): Promise<void> => {
  const size = BLOCKS / WRITERS;
  await untilGone(async () => {
    const blocks = 1 + random.below(8);
    const lba = part * size + random.below(size - blocks);
    const sequence = ledger.issue(lba, blocks);
    const data = Buffer.concat(Array.from({ length: blocks }, (_, index) => blockOf(lba + index, sequence)));
    await WAYS[device](lun, lba, data, random);
    ledger.acknowledge(lba, blocks, sequence);
  });
};

/** A registration with APTPL and what it holds; type 0 is nothing. */
interface Reserved {
  readonly key: bigint;
  readonly type: number;
}

/** What must be there after a crash: the one acknowledged, or the one that was being asked for. */
interface ReservedLedger {
  certain: Reserved;
  open: Reserved;
}

const reserveForever = async (lun: LogicalUnit, ledger: ReservedLedger, random: Seeded): Promise<void> => {
  const become = async (next: Reserved, ask: () => Promise<void>): Promise<void> => {
    ledger.open = next;
    await ask();
    ledger.certain = next;
  };
  await untilGone(async () => {
    const { key, type } = ledger.certain;
    const other = key + 1n + BigInt(random.below(1000));
    await become({ key: other, type }, () => persistentReserveOut.register(lun, { key, serviceActionKey: other, activatePersistThroughPowerLoss: true }));
    if (type === 0) {
      const chosen = [1, 3, 5, 6][random.below(4)] ?? 1;
      await become({ key: other, type: chosen }, () => persistentReserveOut.reserve(lun, { key: other, type: chosen }));
    } else await become({ key: other, type: 0 }, () => persistentReserveOut.release(lun, { key: other, type }));
  });
};

/** Opens a LUN and hears what it has to say first. */
const openQuiet = async (scst: Scst, number: number): Promise<LogicalUnit> => {
  const lun = await defaultSession(scst).open(number);
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await testUnitReady(lun);
      return lun;
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
  return lun;
};

const checkBlocks = async (lun: LogicalUnit, ledger: Ledger, seed: number): Promise<void> => {
  const whole = await read(lun, { lba: 0, blocks: BLOCKS, blockLength: BLOCK });
  for (const lba of ledger.lbas) {
    const found = sequenceOf(lba, whole.subarray(lba * BLOCK, (lba + 1) * BLOCK));
    expect(ledger.allowed(lba), `block ${lba} holds ${found ?? 'a torn block'}; seed ${seed}`).toContain(found);
    ledger.settle(lba, found ?? 0);
  }
};

const checkReserved = async (lun: LogicalUnit, ledger: ReservedLedger, seed: number): Promise<void> => {
  const { registrations } = await persistentReserveIn.readFullStatus(lun);
  const { reservation } = await persistentReserveIn.readReservation(lun);
  const found: Reserved = { key: registrations[0]?.key ?? 0n, type: reservation?.type ?? 0 };
  expect([ledger.certain, ledger.open], `seed ${seed}`).toContainEqual(found);
  if (reservation !== undefined) expect(reservation.key).toBe(found.key);
  ledger.certain = ledger.open = found;
};

it('keeps what it acknowledged as stable when it is killed at any moment', { timeout: 120_000 }, async () => {
  await using place = await Workplace.create();
  const config = place.path('scst.conf');
  await writeFile(
    config,
    `HANDLER vdisk_fileio {
	DEVICE plain {
		filename ${await place.file('plain', BLOCKS * BLOCK)}
	}
	DEVICE through {
		filename ${await place.file('through', BLOCKS * BLOCK)}
		write_through 1
	}
}
TARGET_DRIVER scst_local {
	TARGET scst_local_tgt {
		LUN 0 plain
		LUN 1 through
	}
}
`,
  );
  const seed = seedOfRun();
  const random = new Seeded(seed);
  const ledgers = { plain: new Ledger(), through: new Ledger() };
  const reserved: ReservedLedger = { certain: { key: 0n, type: 0 }, open: { key: 0n, type: 0 } };
  for (let round = 0; round <= ROUNDS; round++) {
    // The socket and the lock of the killed server are in the way of the next, which takes them over.
    await using server = await place.serve({ config });
    await using scst = await place.connect();
    const luns = { plain: await openQuiet(scst, 0), through: await openQuiet(scst, 1) };
    for (const device of DEVICES) await checkBlocks(luns[device], ledgers[device], seed);
    await checkReserved(luns.plain, reserved, seed);
    if (round === ROUNDS) break;
    const work = [
      reserveForever(luns.plain, reserved, random),
      ...DEVICES.flatMap((device) => Array.from({ length: WRITERS }, (_, part) => writeForever(luns[device], device, part, ledgers[device], random))),
    ];
    // However busy the machine: a round in which little was written proves nothing.
    const enough = 5 * (round + 1);
    await expect.poll(() => DEVICES.every((device) => ledgers[device].acknowledged >= enough), { timeout: 15_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, random.below(400)));
    await server.kill();
    await Promise.all(work);
  }
  expect(reserved.certain.key).toBeGreaterThan(0n);
});
