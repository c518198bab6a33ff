import { SENSE_KEY } from './sense-key.js';

/** A sense key with an additional sense code and qualifier: what went wrong, without where. */
export interface SenseCondition {
  readonly senseKey: number;
  readonly additionalSenseCode: number;
  readonly additionalSenseCodeQualifier: number;
}

function condition(senseKey: number, additionalSenseCode: number, additionalSenseCodeQualifier: number): SenseCondition {
  return Object.freeze({ senseKey, additionalSenseCode, additionalSenseCodeQualifier });
}

const { NO_SENSE, NOT_READY, MEDIUM_ERROR, HARDWARE_ERROR, ILLEGAL_REQUEST, UNIT_ATTENTION, DATA_PROTECT, COPY_ABORTED, ABORTED_COMMAND, MISCOMPARE } =
  SENSE_KEY;

/**
 * The conditions that disks, CD-ROMs and their targets report day to day, by the standard's name of the additional sense code.
 * Where a code goes with several sense keys the name says which.
 */
export const SENSE_CONDITION = {
  NO_SENSE: condition(NO_SENSE, 0x00, 0x00),

  BECOMING_READY: condition(NOT_READY, 0x04, 0x01),
  INITIALIZING_COMMAND_REQUIRED: condition(NOT_READY, 0x04, 0x02),
  FORMAT_IN_PROGRESS: condition(NOT_READY, 0x04, 0x04),
  ASYMMETRIC_ACCESS_STATE_TRANSITION: condition(NOT_READY, 0x04, 0x0a),
  TARGET_PORT_IN_STANDBY_STATE: condition(NOT_READY, 0x04, 0x0b),
  TARGET_PORT_IN_UNAVAILABLE_STATE: condition(NOT_READY, 0x04, 0x0c),
  MEDIUM_NOT_PRESENT: condition(NOT_READY, 0x3a, 0x00),

  PERIPHERAL_DEVICE_WRITE_FAULT: condition(MEDIUM_ERROR, 0x03, 0x00),
  WRITE_ERROR: condition(MEDIUM_ERROR, 0x0c, 0x00),
  UNRECOVERED_READ_ERROR: condition(MEDIUM_ERROR, 0x11, 0x00),

  INTERNAL_TARGET_FAILURE: condition(HARDWARE_ERROR, 0x44, 0x00),
  SET_TARGET_PORT_GROUPS_COMMAND_FAILED: condition(HARDWARE_ERROR, 0x67, 0x0a),

  INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT: condition(ILLEGAL_REQUEST, 0x0e, 0x03),
  PARAMETER_LIST_LENGTH_ERROR: condition(ILLEGAL_REQUEST, 0x1a, 0x00),
  INVALID_COMMAND_OPERATION_CODE: condition(ILLEGAL_REQUEST, 0x20, 0x00),
  LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE: condition(ILLEGAL_REQUEST, 0x21, 0x00),
  INVALID_FIELD_IN_CDB: condition(ILLEGAL_REQUEST, 0x24, 0x00),
  LOGICAL_UNIT_NOT_SUPPORTED: condition(ILLEGAL_REQUEST, 0x25, 0x00),
  INVALID_FIELD_IN_PARAMETER_LIST: condition(ILLEGAL_REQUEST, 0x26, 0x00),
  PARAMETER_VALUE_INVALID: condition(ILLEGAL_REQUEST, 0x26, 0x02),
  INVALID_RELEASE_OF_PERSISTENT_RESERVATION: condition(ILLEGAL_REQUEST, 0x26, 0x04),
  TOO_MANY_TARGET_DESCRIPTORS: condition(ILLEGAL_REQUEST, 0x26, 0x06),
  UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE: condition(ILLEGAL_REQUEST, 0x26, 0x07),
  TOO_MANY_SEGMENT_DESCRIPTORS: condition(ILLEGAL_REQUEST, 0x26, 0x08),
  UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE: condition(ILLEGAL_REQUEST, 0x26, 0x09),
  UNEXPECTED_INEXACT_SEGMENT: condition(ILLEGAL_REQUEST, 0x26, 0x0a),
  INLINE_DATA_LENGTH_EXCEEDED: condition(ILLEGAL_REQUEST, 0x26, 0x0b),
  SAVING_PARAMETERS_NOT_SUPPORTED: condition(ILLEGAL_REQUEST, 0x39, 0x00),
  INVALID_MESSAGE_ERROR: condition(ILLEGAL_REQUEST, 0x49, 0x00),
  MEDIUM_REMOVAL_PREVENTED: condition(ILLEGAL_REQUEST, 0x53, 0x02),
  INSUFFICIENT_RESERVATION_RESOURCES: condition(ILLEGAL_REQUEST, 0x55, 0x02),
  INSUFFICIENT_REGISTRATION_RESOURCES: condition(ILLEGAL_REQUEST, 0x55, 0x04),

  MEDIUM_MAY_HAVE_CHANGED: condition(UNIT_ATTENTION, 0x28, 0x00),
  POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED: condition(UNIT_ATTENTION, 0x29, 0x00),
  BUS_DEVICE_RESET_FUNCTION_OCCURRED: condition(UNIT_ATTENTION, 0x29, 0x03),
  I_T_NEXUS_LOSS_OCCURRED: condition(UNIT_ATTENTION, 0x29, 0x07),
  MODE_PARAMETERS_CHANGED: condition(UNIT_ATTENTION, 0x2a, 0x01),
  LOG_PARAMETERS_CHANGED: condition(UNIT_ATTENTION, 0x2a, 0x02),
  RESERVATIONS_PREEMPTED: condition(UNIT_ATTENTION, 0x2a, 0x03),
  RESERVATIONS_RELEASED: condition(UNIT_ATTENTION, 0x2a, 0x04),
  REGISTRATIONS_PREEMPTED: condition(UNIT_ATTENTION, 0x2a, 0x05),
  ASYMMETRIC_ACCESS_STATE_CHANGED: condition(UNIT_ATTENTION, 0x2a, 0x06),
  CAPACITY_DATA_HAS_CHANGED: condition(UNIT_ATTENTION, 0x2a, 0x09),
  COMMANDS_CLEARED_BY_ANOTHER_INITIATOR: condition(UNIT_ATTENTION, 0x2f, 0x00),
  THIN_PROVISIONING_SOFT_THRESHOLD_REACHED: condition(UNIT_ATTENTION, 0x38, 0x07),
  INQUIRY_DATA_HAS_CHANGED: condition(UNIT_ATTENTION, 0x3f, 0x03),
  REPORTED_LUNS_DATA_HAS_CHANGED: condition(UNIT_ATTENTION, 0x3f, 0x0e),

  /** 7/00/00: what SCST gives for a write to a write-protected LUN, without the code of its own, 27h. */
  DATA_PROTECT: condition(DATA_PROTECT, 0x00, 0x00),
  WRITE_PROTECTED: condition(DATA_PROTECT, 0x27, 0x00),
  SPACE_ALLOCATION_FAILED_WRITE_PROTECT: condition(DATA_PROTECT, 0x27, 0x07),

  /** A/00/00: what SCST gives for a failed EXTENDED COPY segment. */
  COPY_ABORTED: condition(COPY_ABORTED, 0x00, 0x00),
  COPY_TARGET_DEVICE_NOT_REACHABLE: condition(COPY_ABORTED, 0x0d, 0x02),

  DATA_PHASE_ERROR: condition(ABORTED_COMMAND, 0x4b, 0x00),
  OVERLAPPED_COMMANDS_ATTEMPTED: condition(ABORTED_COMMAND, 0x4e, 0x00),

  MISCOMPARE_DURING_VERIFY_OPERATION: condition(MISCOMPARE, 0x1d, 0x00),
} as const satisfies Readonly<Record<string, SenseCondition>>;

/** Whether sense data reports this condition, wherever it points to. */
export function isCondition(sense: SenseCondition, expected: SenseCondition): boolean {
  return (
    sense.senseKey === expected.senseKey &&
    sense.additionalSenseCode === expected.additionalSenseCode &&
    sense.additionalSenseCodeQualifier === expected.additionalSenseCodeQualifier
  );
}
