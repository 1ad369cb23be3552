import type { SeededRandom } from "./random.ts";

// Invented, so that no generated market is taken for a real one. Some hold
// characters of two UTF-8 bytes, which a reader may be handed in halves.
const FIRST_WORDS = [
  "Amber",
  "Blue",
  "Brave",
  "Bright",
  "Cloudy",
  "Copper",
  "Crimson",
  "Dancing",
  "Distant",
  "Élan",
  "Frosty",
  "Gentle",
  "Golden",
  "Hidden",
  "Ivory",
  "Jolly",
  "Lucky",
  "Midnight",
  "Misty",
  "Noble",
  "Quiet",
  "Rapid",
  "Royal",
  "Rustic",
  "Scarlet",
  "Silver",
  "Smoky",
  "Stormy",
  "Sunny",
  "Velvet",
  "Wandering",
  "Winter",
];
const SECOND_WORDS = [
  "Arrow",
  "Ballad",
  "Beacon",
  "Bramble",
  "Café",
  "Canyon",
  "Comet",
  "Echo",
  "Falcon",
  "Harbour",
  "Horizon",
  "Lantern",
  "Legend",
  "Meadow",
  "Melody",
  "Minstrel",
  "Mirage",
  "Orchard",
  "Pilgrim",
  "Promise",
  "Quill",
  "Ranger",
  "Rêverie",
  "River",
  "Sailor",
  "Shadow",
  "Sonnet",
  "Sparrow",
  "Summit",
  "Thunder",
  "Voyager",
  "Whisper",
];
const TOWNS = [
  "Ashbourne",
  "Brackley",
  "Carrow",
  "Dunmere",
  "Eastholm",
  "Fenwick",
  "Greyford",
  "Harlow Vale",
  "Ivybridge",
  "Kelmere",
  "Larkfield",
  "Marlbrook",
  "Northgate",
  "Oakham",
  "Pendle",
  "Ravenhill",
];
const CLUBS = ["Rovers", "United", "Town", "Athletic", "City", "Wanderers"];

/** A racecourse. */
export interface Venue {
  readonly name: string;
  readonly countryCode: string;
  readonly timezone: string;
}

const VENUES: readonly Venue[] = [
  { name: "Kempton", countryCode: "GB", timezone: "Europe/London" },
  { name: "Newbury", countryCode: "GB", timezone: "Europe/London" },
  { name: "Catterick", countryCode: "GB", timezone: "Europe/London" },
  { name: "Leopardstown", countryCode: "IE", timezone: "Europe/London" },
  { name: "Compiègne", countryCode: "FR", timezone: "Europe/Paris" },
  { name: "Flemington", countryCode: "AU", timezone: "Australia/Sydney" },
];

const RACES = [
  "5f Hcap",
  "6f Nov Stks",
  "7f Hcap",
  "1m Mdn Stks",
  "1m2f Hcap",
  "1m4f Cond Stks",
];
const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** Names of horses, all different. */
export function horseNames(random: SeededRandom, count: number): string[] {
  const names = new Set<string>();
  while (names.size < count) {
    names.add(`${random.pick(FIRST_WORDS)} ${random.pick(SECOND_WORDS)}`);
  }
  return [...names];
}

/** Names of two different clubs. */
export function clubNames(random: SeededRandom): [home: string, away: string] {
  const home = random.integer(0, TOWNS.length - 1);
  const away = (home + random.integer(1, TOWNS.length - 1)) % TOWNS.length;
  return [
    `${TOWNS[home]} ${random.pick(CLUBS)}`,
    `${TOWNS[away]} ${random.pick(CLUBS)}`,
  ];
}

/** A racecourse. */
export function pickVenue(random: SeededRandom): Venue {
  return random.pick(VENUES);
}

/** Name of a race. */
export function raceName(random: SeededRandom): string {
  return random.pick(RACES);
}

/** Name of a race meeting as in purchased files, for instance `Kempton 14th Nov`. */
export function meetingName(venue: Venue, timeMs: number): string {
  const date = new Date(timeMs);
  const place = venue.countryCode === "GB"
    ? venue.name
    : `${venue.name} (${venue.countryCode})`;
  return `${place} ${ordinal(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return `${day}th`;
  return `${day}${["th", "st", "nd", "rd"][day % 10] ?? "th"}`;
}
