import { fromByteString } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { untilNul } from '../text/words.js';
import { crc32c } from './crc32c.js';

/** The texts a device identifies itself with. */
export type IdentityField = 'vendorId' | 'productId' | 'revision' | 'vendSpecificId' | 'deviceName' | 't10DevId' | 'usn' | 'inqVendSpecific';

/** Most bytes of each (SPEC sysfs 9.3). */
export const IDENTITY_LIMITS: Readonly<Record<IdentityField, number>> = {
  vendorId: 8,
  productId: 16,
  revision: 4,
  vendSpecificId: 128,
  deviceName: 256,
  t10DevId: 25,
  usn: 20,
  inqVendSpecific: 160,
};

/** SCST 3.11, as `prod_rev_lvl` has it. */
const REVISION = '3110';

/** What the device's id is made of: the setup id and the CRC-32C of the name with its terminating NUL. */
export const deviceId = (name: ByteString, setupId: number): ByteString =>
  ((BigInt(setupId) << 32n) | BigInt(crc32c(fromByteString(`${name}\0`)))).toString(16);

/** The identity of a virtual device. */
export class DeviceIdentity {
  readonly #values: Record<IdentityField, ByteString>;
  /** Which were written, or given when the device was made. */
  readonly #written = new Set<IdentityField>();

  constructor(name: ByteString, setupId: number, vendorId: ByteString) {
    const id = deviceId(name, setupId);
    const t10DevId = `${id}-${name}`.slice(0, IDENTITY_LIMITS.t10DevId);
    this.#values = {
      vendorId,
      productId: name.slice(0, IDENTITY_LIMITS.productId),
      revision: REVISION,
      vendSpecificId: t10DevId,
      deviceName: '',
      t10DevId,
      usn: id.slice(0, IDENTITY_LIMITS.usn),
      inqVendSpecific: '',
    };
  }

  get(field: IdentityField): ByteString {
    return this.#values[field];
  }

  /** True when a configuration should save it. */
  isWritten(field: IdentityField): boolean {
    return this.#written.has(field);
  }

  /** Throws `EINVAL` when the text is too long. */
  set(field: IdentityField, text: ByteString): void {
    const limit = IDENTITY_LIMITS[field];
    if (text.length > limit) throw new ScstError('EINVAL', `${text.length} bytes are too long; ${limit} at most`);
    // Only `inq_vend_specific` is bytes; the others are texts that end at a NUL.
    this.#values[field] = field === 'inqVendSpecific' ? text : untilNul(text);
    this.#written.add(field);
  }
}
