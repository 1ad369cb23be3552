import type { OpenString } from "./open_string.ts";

/** Kind of a change message; absent for an ordinary update. Protocol section 3.3. */
export type ChangeType = OpenString<"SUB_IMAGE" | "RESUB_DELTA" | "HEARTBEAT">;

/** Part that a change message is of a segmented one; absent for a complete message. */
export type SegmentType = OpenString<"SEG_START" | "SEG" | "SEG_END">;

/**
 * What all change messages have around their changes (protocol section 3.3).
 * Here and in all wire types, `null` and absent both mean "not supplied".
 */
export interface ChangeEnvelope {
  /** Id of the subscription request that this belongs to; absent in purchased files. */
  readonly id?: number | null;
  /** Kind of change; absent for an ordinary update. */
  readonly ct?: ChangeType | null;
  /** Part of a segmented message; absent for a complete one. */
  readonly segmentType?: SegmentType | null;
  /** Publish time at the server, ms since the epoch. */
  readonly pt?: number | null;
  /** Resume token 1, opaque; comes with an image or resubscription. Old race files hold a number. */
  readonly initialClk?: string | number | null;
  /** Resume token 2, opaque. Race files may hold a number. */
  readonly clk?: string | number | null;
  /** Effective conflation, ms; comes with an image or resubscription. */
  readonly conflateMs?: number | null;
  /** Effective heartbeat interval, ms; comes with an image or resubscription. */
  readonly heartbeatMs?: number | null;
  /** 503 when the data are late and unreliable; absent when they are current. */
  readonly status?: number | null;
}
