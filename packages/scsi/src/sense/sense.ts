/**
 * Sense data, SPC-5 4.4. Both formats carry the same facts; {@link Sense} holds them without their layout.
 */
export interface Sense {
  /** `fixed` is response code 70h/71h, `descriptor` 72h/73h. */
  readonly format: SenseFormat;
  /** Response codes 71h and 73h: the error belongs to an earlier command that had already completed with GOOD. */
  readonly deferred: boolean;
  /** {@link SENSE_KEY} */
  readonly senseKey: number;
  readonly additionalSenseCode: number;
  readonly additionalSenseCodeQualifier: number;
  /** INFORMATION, present when VALID is set. At most 32 bits in the fixed format. */
  readonly information?: bigint | undefined;
  /** COMMAND-SPECIFIC INFORMATION. At most 32 bits in the fixed format, where zero means none. */
  readonly commandSpecificInformation?: bigint | undefined;
  /** FIELD REPLACEABLE UNIT CODE; zero means none. */
  readonly fieldReplaceableUnitCode?: number | undefined;
  /** Present when SKSV is set. */
  readonly senseKeySpecific?: SenseKeySpecific | undefined;
  /** FILEMARK, EOM and ILI of stream commands and READ LONG; absent when all are zero. */
  readonly stream?: StreamConditions | undefined;
  /** Descriptors of the descriptor format that have no member above, whole, in their order. */
  readonly otherDescriptors?: readonly Uint8Array[] | undefined;
  /** ADDITIONAL SENSE BYTES of the fixed format: what follows byte 17. A failed copy tells there what its device said ({@link decodeCopyAborted}). */
  readonly additionalSenseBytes?: Uint8Array | undefined;
}

export type SenseFormat = 'fixed' | 'descriptor';

/** What there is to say about an error: enough for {@link encodeSense}, with everything else optional. */
export type SenseInput = Pick<Sense, 'senseKey' | 'additionalSenseCode' | 'additionalSenseCodeQualifier'> & Partial<Sense>;

export interface StreamConditions {
  readonly filemark: boolean;
  /** EOM */
  readonly endOfMedium: boolean;
  /** ILI */
  readonly incorrectLength: boolean;
}

/** The sense-key-specific bytes, SPC-5 4.4.2.4. Which one applies follows from the sense key. */
export type SenseKeySpecific =
  | FieldPointer
  /** NO SENSE, NOT READY: progress in units of 1/65536. */
  | { readonly kind: 'progress'; readonly progress: number }
  /** RECOVERED ERROR, MEDIUM ERROR, HARDWARE ERROR. */
  | { readonly kind: 'retry-count'; readonly actualRetryCount: number }
  | SegmentPointer
  /** UNIT ATTENTION: some unit attention condition was lost to a full queue. */
  | { readonly kind: 'unit-attention-queue'; readonly overflow: boolean }
  /** Any other sense key: the three bytes without SKSV, as 23 bits. */
  | { readonly kind: 'other'; readonly value: number };

/** ILLEGAL REQUEST: where the wrong field is, SPC-5 4.4.2.4.2. */
export interface FieldPointer {
  readonly kind: 'field-pointer';
  /** C/D: true = the CDB, false = the parameter data sent. */
  readonly inCdb: boolean;
  /** Present when BPV is set: the most significant bit of the field in its first byte. */
  readonly bitPointer?: number | undefined;
  /** Byte offset of the field's first byte. */
  readonly fieldPointer: number;
}

/** COPY ABORTED: where the wrong field is, SPC-5 4.4.2.4.5. */
export interface SegmentPointer {
  readonly kind: 'segment-pointer';
  /** SD: true = counted from the start of the segment descriptor, false = from the start of the parameter list. */
  readonly inSegmentDescriptor: boolean;
  readonly bitPointer?: number | undefined;
  readonly fieldPointer: number;
}
