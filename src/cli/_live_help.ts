/** Options that the live commands share, and what `--help` says of them. */

import type { OptionKinds } from "./_arguments.ts";

/** Host of the exchange's stream. */
export const DEFAULT_HOST = "stream-api.betfair.com";
/** Its port. */
export const DEFAULT_PORT = 443;
/** Depth of the best prices. */
export const DEFAULT_LEVELS = 3;
/** Seconds between two looks at what changed, where there is no terminal. */
export const DEFAULT_EVERY_SECONDS = 5;

/** Which markets, and what of them. */
export const SUBSCRIPTION_HELP: string =
  `Which markets (values separated by commas; all that are given must match):
  --markets IDS        market ids, such as 1.234567890
  --events IDS         event ids
  --sports IDS         event type ids: 1 football, 2 tennis, 7 horse racing, …
  --types NAMES        market types: WIN, PLACE, MATCH_ODDS, …
  --countries CODES    country codes: GB, IE, …
  --venues NAMES       racing venues

What of them:
  --levels N           depth of the best prices, 1 to 10 (default ${DEFAULT_LEVELS})
  --all-offers         every price instead of the best ones
  --orders             also the account's orders
  --conflate MS        at most one update per market in this time, 0 to 120000
  --heartbeat MS       longest silence, 500 to 5000 (default 5000)
`;

/** Where to connect to. */
export const CONNECTION_HELP: string = `Where to:
  --host NAME          (default ${DEFAULT_HOST})
  --port N             (default ${DEFAULT_PORT})
  --ca FILE            authority to trust, PEM; for a mock exchange
  --credentials FILE   see below
  --jurisdiction NAME  for a login: international (default), italy, spain,
                       romania, sweden or australia
  --identity URL       for a login: another service; for a mock exchange
`;

/** When to stop. */
export const LIMITS_HELP = `Until when (default: Ctrl+C):
  --for SECONDS        stop after this time
  --messages N         stop after so many messages
`;

/** Where credentials come from. */
export const CREDENTIALS_HELP =
  `Credentials come from a file of lines NAME=value, or from the environment; never
from arguments, which other users of the computer can see:
  BETFAIR_APP_KEY                       application key
  BETFAIR_SESSION                       session token; without one, a login:
  BETFAIR_USERNAME, BETFAIR_PASSWORD    a two-step code goes behind the password
  BETFAIR_CERT_FILE, BETFAIR_KEY_FILE   paths of a certificate and its key, PEM
What a file leaves out comes from the environment, but for session, username and
password when the file has any of them: they could be another account's.
`;

/** Kinds of the options of a subscription and a connection. */
export const LIVE_OPTIONS: OptionKinds = {
  markets: "value",
  events: "value",
  sports: "value",
  types: "value",
  countries: "value",
  venues: "value",
  levels: "value",
  "all-offers": "flag",
  orders: "flag",
  conflate: "value",
  heartbeat: "value",
  host: "value",
  port: "value",
  ca: "value",
  credentials: "value",
  jurisdiction: "value",
  identity: "value",
};

/** Kinds of the options of limits. */
export const LIMIT_OPTIONS: OptionKinds = { for: "value", messages: "value" };
