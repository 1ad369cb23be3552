import type { ChangeEnvelope } from "./change_envelope.ts";

/** Changes of races in running (protocol section 3.9). */
export interface RaceChangeMessage extends ChangeEnvelope {
  /** Kind of message. */
  readonly op: "rcm";
  /** Changed races. */
  readonly rc?: readonly RaceChange[] | null;
}

/** Changes of one race. Either part may be absent, which leaves it as it was. */
export interface RaceChange {
  /** Race id, `"<eventId>.<HHmm>"`. */
  readonly id?: string | null;
  /** Market id. */
  readonly mid?: string | null;
  /** Progress of the race, replacing the one before. */
  readonly rpc?: RaceProgressChange | null;
  /** Runners that moved, each complete. */
  readonly rrc?: readonly RaceRunnerChange[] | null;
}

/** Progress of a race. */
export interface RaceProgressChange {
  /** Feed time, ms since the epoch. */
  readonly ft?: number | null;
  /** Gate reached, for instance `"1f"` or `"Finish"`. */
  readonly g?: string | null;
  /** Sectional time, seconds. */
  readonly st?: number | null;
  /** Running time, seconds. */
  readonly rt?: number | null;
  /** Speed of the leader, metres per second. */
  readonly spd?: number | null;
  /** Distance of the leader to the finish, metres. */
  readonly prg?: number | null;
  /** Selection ids in running order; may be empty. */
  readonly ord?: readonly number[] | null;
  /** Jumps. */
  readonly J?: readonly RaceJump[] | null;
  /** Warning flag. */
  readonly warn?: number | null;
}

/** A jump on the course. */
export interface RaceJump {
  /** Number of the jump. */
  readonly J?: number | null;
  /** Distance to the finish, metres. */
  readonly L?: number | null;
}

/** Movement of one runner. */
export interface RaceRunnerChange {
  /** Feed time, ms since the epoch. */
  readonly ft?: number | null;
  /** Selection id. */
  readonly id?: number | null;
  /** Latitude, degrees. */
  readonly lat?: number | null;
  /** Longitude, degrees. */
  readonly long?: number | null;
  /** Speed, metres per second. */
  readonly spd?: number | null;
  /** Distance to the finish, metres. */
  readonly prg?: number | null;
  /** Stride frequency, Hz. */
  readonly sfq?: number | null;
}
