/**
 * The quantities of a log, kept apart by type: an offset is not a position, bytes are not milliseconds.
 *
 * The marks are optional properties that never exist at run time, so arithmetic and literals need no cast,
 * while passing a position where an offset is wanted does not compile. Range checks are not made here but
 * at the one door through which 64-bit integers enter (`electron/engine/format/int64.ts`).
 */
type Flavoured<Name extends string> = number & { readonly __unit?: Name };

/** Logical position of a record in a partition. int64 on disk, a safe integer here. */
export type Offset = Flavoured<'Offset'>;
/** Byte position inside one segment file. int32 in Kafka's format. */
export type FilePosition = Flavoured<'FilePosition'>;
/** A size in bytes. */
export type Bytes = Flavoured<'Bytes'>;
/** A duration in milliseconds. */
export type Milliseconds = Flavoured<'Milliseconds'>;
/** A point in time, milliseconds since the Unix epoch, UTC. Kafka writes -1 for "none". */
export type TimestampMs = Flavoured<'TimestampMs'>;
