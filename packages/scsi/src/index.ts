export {
  STATUS,
  TransportError,
  type CommandRequest,
  type CommandResult,
  type LogicalUnit,
  type ResetKind,
  type TaskAttribute,
} from './logical-unit.js';
