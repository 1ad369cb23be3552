/**
 * Lines that a parser could get wrong, and what they are. Expectations are in
 * the form of `decode_tape.ts`.
 *
 * @module
 */

/** One line and what it is. */
export interface ParserCase {
  /** What is special about it. */
  readonly remark: string;
  /** The line, without line end. */
  readonly line: string | Uint8Array;
  /** What it is. */
  readonly expected: unknown;
}

const SYNTAX = { invalid: "syntax" };
const SCHEMA = { invalid: "schema" };
const ENCODING = { invalid: "encoding" };
const EMPTY = {};

const encoder = new TextEncoder();

/** A change with these members, given as JSON text. */
const mcm = (members: string): string =>
  `{"op":"mcm"${members === "" ? "" : ","}${members}}`;
/** A change of one market with these members. */
const market = (members: string): string =>
  mcm(`"mc":[{"id":"1.2",${members}}]`);
/** A change of one runner with these members. */
const runner = (members: string): string =>
  market(`"rc":[{"id":7,${members}}]`);

const inMarket = (members: object): unknown => ({
  mc: [{ id: "1.2", ...members }],
});
const inRunner = (members: object): unknown =>
  inMarket({ rc: [{ id: 7, ...members }] });

function bytes(
  before: string,
  middle: readonly number[],
  after: string,
): Uint8Array {
  return new Uint8Array([
    ...encoder.encode(before),
    ...middle,
    ...encoder.encode(after),
  ]);
}

/** `count` times the text. */
const times = (text: string, count: number): string => text.repeat(count);

const envelope: [string, string | Uint8Array, unknown][] = [
  ["nothing but op", mcm(""), EMPTY],
  ["op last", `{"pt":5,"op":"mcm"}`, { pt: 5 }],
  ["op with escapes in key and value", `{"\\u006fp":"m\\u0063m","pt":5}`, {
    pt: 5,
  }],
  ["op twice, mcm last", `{"op":"ocm","op":"mcm","pt":5}`, { pt: 5 }],
  ["op twice, mcm first", `{"op":"mcm","op":"ocm"}`, {
    message: { op: "ocm" },
  }],
  ["op null", `{"op":null,"pt":"x"}`, { message: { op: null, pt: "x" } }],
  ["op in other letters", `{"op":"MCM","pt":"x"}`, {
    message: { op: "MCM", pt: "x" },
  }],
  ["no op", `{"pt":5}`, { message: { pt: 5 } }],
  ["an empty object", `{}`, { message: {} }],
  ["op only in a nested object", `{"x":{"op":"mcm"}}`, {
    message: { x: { op: "mcm" } },
  }],
  ["another message", `{"op":"status","id":1}`, {
    message: { op: "status", id: 1 },
  }],
  ["op is a prefix", `{"op":"mcmx"}`, { message: { op: "mcmx" } }],
  ["an array", `[]`, SCHEMA],
  ["a string", `"mcm"`, SCHEMA],
  ["a number", `5`, SCHEMA],
  ["null", `null`, SCHEMA],
  ["no JSON", `hello`, SYNTAX],
  ["two objects", `{"op":"mcm"}{"op":"mcm"}`, SYNTAX],
  ["text behind the object", `{"op":"mcm"}x`, SYNTAX],
  ["a comma behind the last member", `{"op":"mcm",}`, SYNTAX],
  ["a comma before the first member", `{,"op":"mcm"}`, SYNTAX],
  ["no colon", `{"op" "mcm"}`, SYNTAX],
  ["no closing brace", `{"op":"mcm"`, SYNTAX],
  ["one closing brace too many", `{"op":"mcm"}}`, SYNTAX],
  ["a key without quotes", `{op:"mcm"}`, SYNTAX],
  ["a comment", `{"op":"mcm"/**/}`, SYNTAX],
  ["white space everywhere", ` { "op" : "mcm" ,\t"pt" : 5 , "mc" : [ ] }\t `, {
    pt: 5,
    mc: [],
  }],
  ["a CR inside", `{"op":"mcm",\r"pt":5}`, { pt: 5 }],
  ["two CR at the end", `{"op":"mcm","pt":5}\r`, { pt: 5 }],
  ["white space that JSON has not", `{"op":"mcm",\f"pt":5}`, SYNTAX],
  ["a no-break space", `{"op":"mcm",\u00a0"pt":5}`, SYNTAX],
  ["a vertical tab as a line", `\v`, SYNTAX],
  [
    "all of the envelope",
    mcm(
      `"id":2,"initialClk":"ab","clk":"cd","conflateMs":0,"heartbeatMs":5000,"pt":1700000000000,` +
        `"ct":"SUB_IMAGE","segmentType":"SEG_START","status":503,"mc":[]`,
    ),
    {
      id: 2,
      initialClk: "ab",
      clk: "cd",
      conflateMs: 0,
      heartbeatMs: 5000,
      pt: 1700000000000,
      ct: "SUB_IMAGE",
      segmentType: "SEG_START",
      status: 503,
      mc: [],
    },
  ],
  [
    "all of it null",
    mcm(
      `"id":null,"initialClk":null,"clk":null,"conflateMs":null,"heartbeatMs":null,"pt":null,` +
        `"ct":null,"segmentType":null,"status":null,"mc":null`,
    ),
    EMPTY,
  ],
  ["RESUB_DELTA and SEG", mcm(`"ct":"RESUB_DELTA","segmentType":"SEG"`), {
    ct: "RESUB_DELTA",
    segmentType: "SEG",
  }],
  ["HEARTBEAT and SEG_END", mcm(`"ct":"HEARTBEAT","segmentType":"SEG_END"`), {
    ct: "HEARTBEAT",
    segmentType: "SEG_END",
  }],
  [
    "values the protocol does not name",
    mcm(`"ct":"NEW","segmentType":"SEG_X"`),
    { ct: "NEW", segmentType: "SEG_X" },
  ],
  ["an empty ct", mcm(`"ct":""`), { ct: "" }],
  ["ct with an escape", mcm(`"ct":"SUB\\u005fIMAGE"`), { ct: "SUB_IMAGE" }],
  ["ct that is no string", mcm(`"ct":1`), SCHEMA],
  ["segmentType that is no string", mcm(`"segmentType":true`), SCHEMA],
  ["clk empty", mcm(`"clk":""`), { clk: "" }],
  ["clk a number", mcm(`"clk":12345`), { clk: "12345" }],
  ["clk a number with an exponent", mcm(`"clk":-1.5e+3`), { clk: "-1.5e+3" }],
  ["clk with escapes", mcm(`"clk":"a\\"b\\u0041\\\\"`), { clk: `a"bA\\` }],
  ["clk with a lone surrogate", mcm(`"clk":"\\ud800"`), { clk: "\ud800" }],
  ["clk with characters of two to four bytes", mcm(`"clk":"é€🐎"`), {
    clk: "é€🐎",
  }],
  ["clk with a byte order mark", mcm(`"clk":"\ufeffa"`), { clk: "\ufeffa" }],
  ["clk twice, the last longer", mcm(`"clk":"a","clk":"bcd"`), { clk: "bcd" }],
  ["clk twice, the last null", mcm(`"clk":"a","clk":null`), EMPTY],
  ["clk twice, the first not allowed", mcm(`"clk":[],"clk":"a"`), { clk: "a" }],
  ["clk true", mcm(`"clk":true`), SCHEMA],
  ["initialClk an object", mcm(`"initialClk":{}`), SCHEMA],
  ["pt a string", mcm(`"pt":"5"`), SCHEMA],
  ["id a string", mcm(`"id":"5"`), SCHEMA],
  ["status true", mcm(`"status":true`), SCHEMA],
  ["conflateMs an array", mcm(`"conflateMs":[]`), SCHEMA],
  ["heartbeatMs an object", mcm(`"heartbeatMs":{}`), SCHEMA],
  ["pt with decimals", mcm(`"pt":5.0`), { pt: 5 }],
  ["pt of 17 digits", mcm(`"pt":12345678901234567`), { pt: 12345678901234567 }],
  ["pt -0", mcm(`"pt":-0`), { pt: -0 }],
  ["pt 1e400", mcm(`"pt":1e400`), { pt: Infinity }],
  ["pt 01", mcm(`"pt":01`), SYNTAX],
  ["pt 1.", mcm(`"pt":1.`), SYNTAX],
  ["pt .5", mcm(`"pt":.5`), SYNTAX],
  ["pt +1", mcm(`"pt":+1`), SYNTAX],
  ["pt -", mcm(`"pt":-`), SYNTAX],
  ["pt 1e", mcm(`"pt":1e`), SYNTAX],
  ["pt bare NaN", mcm(`"pt":NaN`), SYNTAX],
  ["mc an object", mcm(`"mc":{}`), SCHEMA],
  ["mc of null", mcm(`"mc":[null]`), SCHEMA],
  ["mc of arrays", mcm(`"mc":[[]]`), SCHEMA],
  ["mc twice", mcm(`"mc":[{"id":"1.1"},{"id":"1.3"}],"mc":[{"id":"1.2"}]`), {
    mc: [{ id: "1.2" }],
  }],
  ["mc twice, the first not allowed", mcm(`"mc":5,"mc":[]`), { mc: [] }],
  ["mc with an escape in its key", mcm(`"m\\u0063":[{"id":"1.2"}]`), {
    mc: [{ id: "1.2" }],
  }],
  [
    "unknown keys with every kind of value",
    mcm(
      `"a":{"mc":[{"id":5}],"clk":[]},"b":[[{"op":1}]],"c":"}]\\"","d":-1.5e-7,"e":true,"f":null,"g":"","":0,"pt":5`,
    ),
    { pt: 5 },
  ],
  [
    "an unknown key with invalid JSON in it",
    mcm(`"a":{"b":[1,]},"pt":5`),
    SYNTAX,
  ],
  [
    "keys of Object.prototype",
    mcm(`"__proto__":{"pt":5,"mc":5},"constructor":1,"toString":[]`),
    EMPTY,
  ],
  [
    "keys that begin like known ones",
    mcm(`"idx":"a","p":"a","ptt":"a","clks":1,"m":1,"mcc":1`),
    EMPTY,
  ],
  ["keys in other letters", mcm(`"PT":"x","Mc":1`), EMPTY],
];

const markets: [string, string | Uint8Array, unknown][] = [
  ["no id", mcm(`"mc":[{}]`), SCHEMA],
  ["id null", mcm(`"mc":[{"id":null}]`), SCHEMA],
  ["id a number", mcm(`"mc":[{"id":1.2}]`), SCHEMA],
  ["id empty", mcm(`"mc":[{"id":""}]`), { mc: [{ id: "" }] }],
  ["id last", mcm(`"mc":[{"tv":1,"id":"1.2"}]`), inMarket({ tv: 1 })],
  ["id with escapes", mcm(`"mc":[{"id":"1\\u002e2"}]`), inMarket({})],
  ["id twice", mcm(`"mc":[{"id":"1.1","id":"1.2"}]`), inMarket({})],
  [
    "id twice, the first not allowed",
    mcm(`"mc":[{"id":1,"id":"1.2"}]`),
    inMarket({}),
  ],
  ["id in a nested object only", mcm(`"mc":[{"x":{"id":"1.2"}}]`), SCHEMA],
  ["two markets, one bad", mcm(`"mc":[{"id":"1.2"},{"id":3}]`), SCHEMA],
  [
    "flags true",
    market(`"img":true,"con":true`),
    inMarket({ img: true, con: true }),
  ],
  [
    "flags false",
    market(`"img":false,"con":false`),
    inMarket({ img: false, con: false }),
  ],
  ["flags null", market(`"img":null,"con":null`), inMarket({})],
  [
    "flags twice",
    market(`"img":true,"img":false,"con":true,"con":null`),
    inMarket({ img: false }),
  ],
  ["img 1", market(`"img":1`), SCHEMA],
  ["con a string", market(`"con":"true"`), SCHEMA],
  ["tv 0", market(`"tv":0`), inMarket({ tv: 0 })],
  ["tv NaN", market(`"tv":"NaN"`), inMarket({ tv: NaN })],
  ["tv some string", market(`"tv":"5"`), SCHEMA],
  ["rc empty", market(`"rc":[]`), inMarket({ rc: [] })],
  ["rc null", market(`"rc":null`), inMarket({})],
  ["rc an object", market(`"rc":{}`), SCHEMA],
  ["rc of numbers", market(`"rc":[1]`), SCHEMA],
  [
    "rc twice",
    market(`"rc":[{"id":1,"ltp":2},{"id":2}],"rc":[{"id":7}]`),
    inRunner({}),
  ],
  [
    "rc twice, the last null",
    market(`"rc":[{"id":1}],"rc":null`),
    inMarket({}),
  ],
  [
    "rc twice, the first not allowed",
    market(`"rc":[{"id":null}],"rc":[{"id":7}]`),
    inRunner({}),
  ],
  [
    "a definition",
    market(`"marketDefinition":{"status":"OPEN","x":[{"y":"}"}]}`),
    inMarket({ marketDefinition: { status: "OPEN", x: [{ y: "}" }] } }),
  ],
  [
    "a definition, empty",
    market(`"marketDefinition":{}`),
    inMarket({ marketDefinition: {} }),
  ],
  [
    "a definition, spaced",
    market(`"marketDefinition" : { "status" : "CLOSED" } `),
    inMarket({ marketDefinition: { status: "CLOSED" } }),
  ],
  ["a definition, null", market(`"marketDefinition":null`), inMarket({})],
  ["a definition, an array", market(`"marketDefinition":[]`), SCHEMA],
  [
    "a definition twice",
    market(`"marketDefinition":{"a":1},"marketDefinition":{"b":"é"}`),
    inMarket({ marketDefinition: { b: "é" } }),
  ],
  [
    "a definition with invalid JSON",
    market(`"marketDefinition":{"a":tru}`),
    SYNTAX,
  ],
  [
    "a definition with a control character",
    market(`"marketDefinition":{"a":"\u0001"}`),
    SYNTAX,
  ],
  [
    "a definition with a bad escape",
    market(`"marketDefinition":{"a":"\\x"}`),
    SYNTAX,
  ],
  [
    "a definition whose status is no string",
    market(`"marketDefinition":{"status":5}`),
    inMarket({ marketDefinition: { status: 5 } }),
  ],
  [
    "unknown keys",
    market(`"_stream_id":1000,"x":{"rc":5},"y":[],"img":true`),
    inMarket({ img: true }),
  ],
];

const runners: [string, string | Uint8Array, unknown][] = [
  ["no id", market(`"rc":[{}]`), SCHEMA],
  ["id null", market(`"rc":[{"id":null}]`), SCHEMA],
  ["id true", market(`"rc":[{"id":true}]`), SCHEMA],
  ["id a string", market(`"rc":[{"id":"7"}]`), inRunner({})],
  ["id a string with zeros", market(`"rc":[{"id":"007"}]`), inRunner({})],
  [
    "id a negative string",
    market(`"rc":[{"id":"-7"}]`),
    inMarket({ rc: [{ id: -7 }] }),
  ],
  [
    "id a string of 20 digits",
    market(`"rc":[{"id":"12345678901234567890"}]`),
    inMarket({ rc: [{ id: 12345678901234567000 }] }),
  ],
  ["id a string with escapes", market(`"rc":[{"id":"\\u0037"}]`), inRunner({})],
  ["id an empty string", market(`"rc":[{"id":""}]`), SCHEMA],
  ["id a string with decimals", market(`"rc":[{"id":"7.0"}]`), SCHEMA],
  ["id a string with an exponent", market(`"rc":[{"id":"7e0"}]`), SCHEMA],
  ["id a string with a plus", market(`"rc":[{"id":"+7"}]`), SCHEMA],
  ["id a string with a space", market(`"rc":[{"id":" 7"}]`), SCHEMA],
  ["id a minus", market(`"rc":[{"id":"-"}]`), SCHEMA],
  ["id with decimals", market(`"rc":[{"id":7.0}]`), inRunner({})],
  [
    "id no integer",
    market(`"rc":[{"id":7.5}]`),
    inMarket({ rc: [{ id: 7.5 }] }),
  ],
  ["id last", market(`"rc":[{"ltp":2,"id":7}]`), inRunner({ ltp: 2 })],
  ["id twice", market(`"rc":[{"id":1,"id":7}]`), inRunner({})],
  [
    "id twice, the first not allowed",
    market(`"rc":[{"id":[],"id":7}]`),
    inRunner({}),
  ],
  ["hc", runner(`"hc":-0.5`), inRunner({ hc: -0.5 })],
  ["hc 0", runner(`"hc":0`), inRunner({ hc: 0 })],
  ["hc -0", runner(`"hc":-0.0`), inRunner({ hc: -0 })],
  ["hc null", runner(`"hc":null`), inRunner({})],
  ["hc a string", runner(`"hc":"NaN"`), SCHEMA],
  [
    "scalars",
    runner(`"ltp":0,"tv":1.5,"spn":2,"spf":3.25`),
    inRunner({ ltp: 0, tv: 1.5, spn: 2, spf: 3.25 }),
  ],
  [
    "scalars null",
    runner(`"ltp":null,"tv":null,"spn":null,"spf":null`),
    inRunner({}),
  ],
  [
    "scalars as words",
    runner(`"ltp":"NaN","tv":"Infinity","spn":"-Infinity","spf":"INF"`),
    inRunner({ ltp: NaN, tv: Infinity, spn: -Infinity, spf: Infinity }),
  ],
  [
    "words in other letters",
    runner(`"ltp":"nan","tv":"iNfInItY","spn":"-inf","spf":"-INFINITY"`),
    inRunner({ ltp: NaN, tv: Infinity, spn: -Infinity, spf: -Infinity }),
  ],
  [
    "a word with an escape",
    runner(`"spn":"N\\u0061N"`),
    inRunner({ spn: NaN }),
  ],
  ["a word with a plus", runner(`"spn":"+Infinity"`), SCHEMA],
  ["a word with a minus", runner(`"spn":"-NaN"`), SCHEMA],
  ["a word with a space", runner(`"spn":"NaN "`), SCHEMA],
  ["a word cut short", runner(`"spn":"Infinit"`), SCHEMA],
  ["a word, empty", runner(`"spn":""`), SCHEMA],
  ["a number as a string", runner(`"spf":"1.5"`), SCHEMA],
  ["a scalar true", runner(`"ltp":true`), SCHEMA],
  ["a scalar an array", runner(`"tv":[]`), SCHEMA],
  ["a scalar twice", runner(`"ltp":2,"ltp":3`), inRunner({ ltp: 3 })],
  ["a scalar twice, the last null", runner(`"ltp":2,"ltp":null`), inRunner({})],
  [
    "a scalar twice, the first not allowed",
    runner(`"ltp":{},"ltp":3`),
    inRunner({ ltp: 3 }),
  ],
  [
    "numbers of all forms",
    runner(`"ltp":1e2,"tv":1.5E+3,"spn":25e-1,"spf":-0`),
    inRunner({ ltp: 100, tv: 1500, spn: 2.5, spf: -0 }),
  ],
  [
    "numbers of 15, 16 and 17 digits",
    runner(
      `"ltp":123456789012.345,"tv":1234567890123.456,"spn":9.9089325000000012`,
    ),
    inRunner({
      ltp: 123456789012.345,
      tv: 1234567890123.456,
      spn: 9.9089325000000012,
    }),
  ],
  [
    "numbers out of range",
    runner(`"ltp":1e400,"tv":-1e400,"spn":1e-400`),
    inRunner({ ltp: Infinity, tv: -Infinity, spn: 0 }),
  ],
  [
    "a number of 500 digits",
    runner(`"ltp":${times("9", 500)},"tv":0.${times("0", 400)}1`),
    inRunner({ ltp: Infinity, tv: 0 }),
  ],
  [
    "1.005 and 0.1 + 0.2",
    runner(`"ltp":1.005,"tv":0.30000000000000004`),
    inRunner({ ltp: 1.005, tv: 0.30000000000000004 }),
  ],
];

const ladders: [string, string | Uint8Array, unknown][] = [
  [
    "all nine",
    runner(
      `"atb":[[1.5,2]],"atl":[[1.6,3]],"trd":[[1.7,4]],"spb":[[1.8,5]],"spl":[[1.9,6]],` +
        `"batb":[[0,1.5,2]],"batl":[[1,1.6,3]],"bdatb":[[2,1.7,4]],"bdatl":[[3,1.8,5]]`,
    ),
    inRunner({
      ladders: [
        ["atb", 1.5, 2],
        ["atl", 1.6, 3],
        ["trd", 1.7, 4],
        ["spb", 1.8, 5],
        ["spl", 1.9, 6],
        ["batb", 0, 1.5, 2],
        ["batl", 1, 1.6, 3],
        ["bdatb", 2, 1.7, 4],
        ["bdatl", 3, 1.8, 5],
      ],
    }),
  ],
  [
    "in another order",
    runner(`"trd":[[2,3]],"batb":[],"atb":[[1.5,2],[1.4,0]]`),
    inRunner({ ladders: [["trd", 2, 3], ["batb"], ["atb", 1.5, 2, 1.4, 0]] }),
  ],
  [
    "empty",
    runner(`"atb":[],"batl":[]`),
    inRunner({ ladders: [["atb"], ["batl"]] }),
  ],
  ["null", runner(`"atb":null,"batl":null`), inRunner({})],
  [
    "twice",
    runner(`"atb":[[1,1]],"atl":[],"atb":[[2,2]]`),
    inRunner({ ladders: [["atb", 2, 2], ["atl"]] }),
  ],
  ["twice, the last null", runner(`"atb":[[1,1]],"atb":null`), inRunner({})],
  [
    "twice, the first null",
    runner(`"atb":null,"atl":[],"atb":[[1,1]]`),
    inRunner({ ladders: [["atb", 1, 1], ["atl"]] }),
  ],
  [
    "twice, the first not allowed",
    runner(`"atb":[[1]],"atb":[[2,2]]`),
    inRunner({ ladders: [["atb", 2, 2]] }),
  ],
  [
    "with an escape in the key",
    runner(`"at\\u0062":[[2,2]]`),
    inRunner({ ladders: [["atb", 2, 2]] }),
  ],
  [
    "levels of all forms",
    runner(`"batb":[[0.0,1,1],[1e1,1,1],[-0,1,1],[99,1,1]]`),
    inRunner({ ladders: [["batb", 0, 1, 1, 10, 1, 1, 0, 1, 1, 99, 1, 1]] }),
  ],
  ["a level of 100", runner(`"batb":[[100,1,1]]`), SCHEMA],
  ["a level of -1", runner(`"batb":[[-1,1,1]]`), SCHEMA],
  ["a level of 0.5", runner(`"batb":[[0.5,1,1]]`), SCHEMA],
  [
    "negative prices and sizes",
    runner(`"atb":[[-1.5,-2]]`),
    inRunner({ ladders: [["atb", -1.5, -2]] }),
  ],
  [
    "minus zero",
    runner(`"atb":[[-0,-0.0]]`),
    inRunner({ ladders: [["atb", -0, -0]] }),
  ],
  [
    "numbers of all forms",
    runner(
      `"atb":[[1e2,1.5e-1],[123456789012345,1234567890123456],[0.1234567890123456,12345678901234567]]`,
    ),
    inRunner({
      ladders: [[
        "atb",
        100,
        0.15,
        123456789012345,
        1234567890123456,
        0.1234567890123456,
        12345678901234567,
      ]],
    }),
  ],
  [
    "white space in rows",
    runner(`"atb": [ [ 1.5 , 2 ] , [\t1.6,3 ] ]`),
    inRunner({ ladders: [["atb", 1.5, 2, 1.6, 3]] }),
  ],
  [
    "white space in an empty one",
    runner(`"atb":[ ]`),
    inRunner({ ladders: [["atb"]] }),
  ],
  ["an empty row", runner(`"atb":[[]]`), SCHEMA],
  ["a row of one", runner(`"atb":[[1]]`), SCHEMA],
  ["a row of three", runner(`"atb":[[1,2,3]]`), SCHEMA],
  ["a level row of two", runner(`"batb":[[1,2]]`), SCHEMA],
  ["a level row of four", runner(`"batb":[[1,2,3,4]]`), SCHEMA],
  ["a row with null", runner(`"atb":[[1,null]]`), SCHEMA],
  ["a row with a string", runner(`"atb":[[1,"2"]]`), SCHEMA],
  ["a row with a word", runner(`"atb":[["NaN",2]]`), SCHEMA],
  ["a row that is an object", runner(`"atb":[{"0":1,"1":2}]`), SCHEMA],
  ["a row that is a number", runner(`"atb":[1,2]`), SCHEMA],
  ["an object", runner(`"atb":{}`), SCHEMA],
  ["a comma too many in a row", runner(`"atb":[[1,2,]]`), SYNTAX],
  ["a comma too many between rows", runner(`"atb":[[1,2],]`), SYNTAX],
  ["no comma in a row", runner(`"atb":[[1 2]]`), SYNTAX],
  ["no comma between rows", runner(`"atb":[[1,2][3,4]]`), SYNTAX],
  ["a leading zero", runner(`"atb":[[01.5,2]]`), SYNTAX],
  ["two points", runner(`"atb":[[1.5.1,2]]`), SYNTAX],
  ["a point at the end", runner(`"atb":[[1.,2]]`), SYNTAX],
  ["a point at the start", runner(`"atb":[[.5,2]]`), SYNTAX],
  [
    "unknown ladders",
    runner(`"bat":[[1,2,3,4]],"atbx":"x","xatb":{},"at":0`),
    inRunner({}),
  ],
];

const encodings: [string, string | Uint8Array, unknown][] = [
  ["a byte order mark", bytes("", [0xef, 0xbb, 0xbf], mcm("")), SYNTAX],
  [
    "a lone continuation byte",
    bytes(`{"op":"mcm","x":"`, [0x80], `"}`),
    ENCODING,
  ],
  ["a cut sequence", bytes(`{"op":"mcm","x":"`, [0xe2, 0x82], `"}`), ENCODING],
  [
    "an overlong slash",
    bytes(`{"op":"mcm","x":"`, [0xc0, 0xaf], `"}`),
    ENCODING,
  ],
  [
    "an overlong sequence of three",
    bytes(`{"op":"mcm","x":"`, [0xe0, 0x80, 0x80], `"}`),
    ENCODING,
  ],
  [
    "an encoded surrogate",
    bytes(`{"op":"mcm","x":"`, [0xed, 0xa0, 0x80], `"}`),
    ENCODING,
  ],
  [
    "a code point beyond the last",
    bytes(`{"op":"mcm","x":"`, [0xf4, 0x90, 0x80, 0x80], `"}`),
    ENCODING,
  ],
  [
    "a byte that never occurs",
    bytes(`{"op":"mcm","x":"`, [0xff], `"}`),
    ENCODING,
  ],
  [
    "bad bytes in a definition",
    bytes(
      `{"op":"mcm","mc":[{"id":"1.2","marketDefinition":{"a":"`,
      [0xc3],
      `"}}]}`,
    ),
    ENCODING,
  ],
  [
    "bad bytes in a key",
    bytes(`{"op":"mcm","`, [0xc3, 0x28], `":1}`),
    ENCODING,
  ],
  ["bad bytes in clk", bytes(`{"op":"mcm","clk":"`, [0xc3], `"}`), ENCODING],
  ["bad bytes outside of strings", bytes(`{"op":"mcm"`, [0x80], `}`), ENCODING],
  [
    "bad bytes and bad JSON",
    bytes(`{"op":"mcm",,"x":"`, [0x80], `"}`),
    ENCODING,
  ],
  [
    "the last code points of each length",
    mcm(`"clk":"\u007f\u07ff\uffff\u{10ffff}"`),
    { clk: "\u007f\u07ff\uffff\u{10ffff}" },
  ],
  ["a NUL in a string", bytes(`{"op":"mcm","x":"`, [0], `"}`), SYNTAX],
  ["a NUL outside of strings", bytes(`{"op":"mcm"`, [0], `}`), SYNTAX],
  ["a DEL in a string", bytes(`{"op":"mcm","x":"`, [0x7f], `"}`), EMPTY],
  ["a raw tab in a string", mcm(`"x":"\t"`), SYNTAX],
  [
    "every escape",
    mcm(`"x":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uFFFF\\uabCD"`),
    EMPTY,
  ],
  ["an escape that JSON has not", mcm(`"x":"\\a"`), SYNTAX],
  ["an escape of three digits", mcm(`"x":"\\u123"`), SYNTAX],
  ["an escape with a letter too far", mcm(`"x":"\\u123g"`), SYNTAX],
  ["an escaped quote at the end", mcm(`"x":"\\"`), SYNTAX],
  ["surrogates in the wrong order", mcm(`"x":"\\udc00\\ud800"`), EMPTY],
];

const deep = 100;
const nesting: [string, string | Uint8Array, unknown][] = [
  [
    "some nesting in an unknown key",
    mcm(`"x":${times("[", deep)}1${times("]", deep)},"pt":5`),
    { pt: 5 },
  ],
  [
    "some nesting in an unknown key of a runner",
    runner(`"x":${times('{"a":', deep)}1${times("}", deep)},"ltp":2`),
    inRunner({ ltp: 2 }),
  ],
  [
    "some nesting in a definition",
    market(
      `"marketDefinition":{"a":${times("[", deep)}${
        times("]", deep)
      }},"img":true,"marketDefinition":null`,
    ),
    inMarket({ img: true }),
  ],
  ["nesting that does not end", mcm(`"x":${times("[", deep)}`), SYNTAX],
  [
    "nesting that ends otherwise",
    mcm(`"x":${times("[", deep)}${times("}", deep)}`),
    SYNTAX,
  ],
  [
    "nesting where a row should be",
    runner(`"atb":[[${times("[", deep)}${times("]", deep)},1]]`),
    SCHEMA,
  ],
];

/** All cases, by group. */
export const parserCases: Readonly<Record<string, readonly ParserCase[]>> = {
  envelope: cases(envelope),
  market: cases(markets),
  runner: cases(runners),
  ladder: cases(ladders),
  encoding: cases(encodings),
  nesting: cases(nesting),
};

function cases(
  rows: readonly [string, string | Uint8Array, unknown][],
): ParserCase[] {
  return rows.map(([remark, line, expected]) => ({ remark, line, expected }));
}
