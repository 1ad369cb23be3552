import type { ChangeEnvelope } from "./change_envelope.ts";
import type { OpenString } from "./open_string.ts";

/** Changes of cricket matches (protocol section 3.9). */
export interface CricketChangeMessage extends ChangeEnvelope {
  /** Kind of message. */
  readonly op: "ccm";
  /** Changed matches. */
  readonly cc?: readonly CricketChange[] | null;
}

/** Changes of one match. Each block replaces the one before; an absent block is unchanged. */
export interface CricketChange {
  /** Event id. */
  readonly eventId?: string | null;
  /** Market id. */
  readonly marketId?: string | null;
  /** The fixture. */
  readonly fixtureInfo?: CricketFixtureInfo | null;
  /** Home team. */
  readonly homeTeam?: CricketTeam | null;
  /** Away team. */
  readonly awayTeam?: CricketTeam | null;
  /** Score. */
  readonly matchStats?: CricketMatchStats | null;
  /** Latest incidents. */
  readonly incidentListWrapper?: CricketIncidentListWrapper | null;
}

/** A fixture. */
export interface CricketFixtureInfo {
  /** Name of the home team. */
  readonly homeTeam?: string | null;
  /** Name of the away team. */
  readonly awayTeam?: string | null;
  /** Expected start, ms since the epoch. */
  readonly expectedStartTime?: number | null;
  /** State of the fixture. */
  readonly fixtureStatus?: OpenString<"IN_RUNNING"> | null;
  /** The fixture in words. */
  readonly eventDescription?: string | null;
  /** Overs per innings. */
  readonly maxOvers?: number | null;
  /** State of play. */
  readonly eventStatus?:
    | OpenString<"BALL_IN_PROGRESS" | "MATCH_STABLE" | "RUNS_LIKELY">
    | null;
}

/** A team. */
export interface CricketTeam {
  /** Name of the team. */
  readonly name?: string | null;
  /** Selection id of the team in the match market. */
  readonly selectionId?: number | null;
  /** Players. */
  readonly players?: readonly CricketPlayer[] | null;
}

/** A player. */
export interface CricketPlayer {
  /** Name of the player. */
  readonly name?: string | null;
  /** Whether the player is the captain. */
  readonly isCaptain?: boolean | null;
  /** Whether the player keeps the wicket. */
  readonly isWicketKeeper?: boolean | null;
}

/** Score of a match. */
export interface CricketMatchStats {
  /** Innings in progress, from 1. */
  readonly currentInnings?: number | null;
  /** Result of the toss. */
  readonly tossResult?: string | null;
  /** Winner, or `"NA"`. */
  readonly winner?: string | null;
  /** State of the scoreboard in words. */
  readonly scoreboardStatus?: string | null;
  /** Each innings so far. */
  readonly inningsStats?: readonly CricketInningsStats[] | null;
  /** The batting team. */
  readonly battingTeamStats?: CricketBattingTeamStats | null;
  /** The bowling team. */
  readonly bowlingTeamStats?: CricketBowlingTeamStats | null;
}

/** Score of an innings. */
export interface CricketInningsStats {
  /** Number of the innings, from 1. */
  readonly inningsNum?: number | null;
  /** Name of the batting team. */
  readonly battingTeam?: string | null;
  /** Name of the bowling team. */
  readonly bowlingTeam?: string | null;
  /** Runs. */
  readonly inningsRuns?: number | null;
  /** Overs and balls, for instance `"12.5"`. */
  readonly inningsOvers?: string | null;
  /** Wickets. */
  readonly inningsWickets?: number | null;
}

/** The two batters at the crease. */
export interface CricketBattingTeamStats {
  /** Name of the team. */
  readonly teamName?: string | null;
  /** Name of the first batter. */
  readonly bat1Name?: string | null;
  /** Runs of the first batter. */
  readonly bat1Runs?: number | null;
  /** Balls faced by the first batter. */
  readonly bat1Balls?: number | null;
  /** Fours of the first batter. */
  readonly bat1Fours?: number | null;
  /** Sixes of the first batter. */
  readonly bat1Sixes?: number | null;
  /** 1 when the first batter is on strike, else 0. */
  readonly bat1Strike?: number | null;
  /** Name of the second batter. */
  readonly bat2Name?: string | null;
  /** Runs of the second batter. */
  readonly bat2Runs?: number | null;
  /** Balls faced by the second batter. */
  readonly bat2Balls?: number | null;
  /** Fours of the second batter. */
  readonly bat2Fours?: number | null;
  /** Sixes of the second batter. */
  readonly bat2Sixes?: number | null;
  /** 1 when the second batter is on strike, else 0. */
  readonly bat2Strike?: number | null;
}

/** The two current bowlers. */
export interface CricketBowlingTeamStats {
  /** Name of the team. */
  readonly teamName?: string | null;
  /** Name of the first bowler. */
  readonly bowl1Name?: string | null;
  /** Overs of the first bowler. */
  readonly bowl1Overs?: string | number | null;
  /** Runs conceded by the first bowler. */
  readonly bowl1Runs?: number | null;
  /** Maiden overs of the first bowler. */
  readonly bowl1Maidens?: number | null;
  /** Wickets of the first bowler. */
  readonly bowl1Wickets?: number | null;
  /** Name of the second bowler. */
  readonly bowl2Name?: string | null;
  /** Overs of the second bowler. */
  readonly bowl2Overs?: string | number | null;
  /** Runs conceded by the second bowler. */
  readonly bowl2Runs?: number | null;
  /** Maiden overs of the second bowler. */
  readonly bowl2Maidens?: number | null;
  /** Wickets of the second bowler. */
  readonly bowl2Wickets?: number | null;
}

/** The list of incidents, wrapped as sent. */
export interface CricketIncidentListWrapper {
  /** Incidents, newest first. */
  readonly incidentList?: readonly CricketIncident[] | null;
}

/** One incident. */
export interface CricketIncident {
  /** Who it concerns. */
  readonly participantRef?: string | null;
  /** What happened. */
  readonly incidentType?:
    | OpenString<
      "RUNS" | "STRIKE" | "OUT" | "WIDE" | "NO_BALL" | "BYE" | "LEG_BYE"
    >
    | null;
  /** What it was like. */
  readonly qualifierType?: string | null;
  /** How much, for instance `"1"`. */
  readonly value?: string | null;
  /** Innings, from 1. */
  readonly innings?: number | null;
  /** Overs and balls, for instance `"12.5"`. */
  readonly overs?: string | null;
  /** When it happened, ms since the epoch. */
  readonly actualTime?: number | null;
  /** Whether it was changed after the fact. */
  readonly modified?: boolean | null;
}
