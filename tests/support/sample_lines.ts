/** Lines to mutate, from the recordings and made by hand. See {@linkcode sampleLines}. */

import { readRecording, recordings } from "./recordings.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Lines kept per recording: enough for every shape, few enough to stay warm. */
const PER_RECORDING = 120;

/** Longest line kept: mutating greater ones finds the same faults, slower. */
const MAX_BYTES = 6000;

const HAND_MADE: readonly string[] = [
  `{"op":"mcm","id":2,"initialClk":"pQ1A","clk":"AAAAAAAA","conflateMs":0,"heartbeatMs":5000,"pt":1700000000000,"ct":"SUB_IMAGE","mc":[{"id":"1.200000001","marketDefinition":{"status":"OPEN","inPlay":false,"runners":[{"status":"ACTIVE","sortPriority":1,"adjustmentFactor":60.1,"id":101}]},"rc":[{"batb":[[0,1.6,120.5],[1,1.59,40]],"batl":[[0,1.62,33.1]],"spn":1.61,"spf":"NaN","ltp":1.61,"tv":950.4,"id":101},{"batb":[[0,2.5,18],[1,0,0]],"bdatl":[[0,2.66,12]],"ltp":2.6,"tv":410,"id":102,"hc":-0.5}],"img":true,"tv":1360.4}]}`,
  `{"op":"mcm","id":2,"clk":"AJgCAN0BAPoB","pt":1700000005000,"ct":"HEARTBEAT","status":503}`,
  `{"op":"mcm","id":2,"pt":1700000000400,"segmentType":"SEG_START","mc":[{"id":"1.200000001","rc":[{"atb":[[1.61,0],[1.6,88.2]],"atl":[],"trd":[[2,10.55]],"spb":[[1.01,3]],"spl":[[1000,4]],"id":101}],"con":true}]}`,
  `{"mc":[{"rc":[{"id":"101","ltp":"inf","hc":null}],"marketDefinition":{"status":"CLOSED","name":"a\\"}]{é"},"id":"1.2"},{"id":"1.3","rc":null,"tv":null}],"pt":1700000000400,"clk":null,"op":"mcm"}`,
  `{"op":"connection","connectionId":"101-141123221500-424242"}`,
  `{"op":"ocm","id":3,"clk":"AAAAAAAA","pt":1700000005003,"oc":[{"id":"1.2","orc":[{"id":1,"mb":[[2.0,1]]}]}]}`,
  `{ "op" : "mcm" , "pt" : 1 , "clk" : 12345 , "mc" : [ { "id" : "1.2" , "rc" : [ { "id" : 1 , "atb" : [ [ 1.5 , 2 ] ] } ] } ] }`,
];

/** Lines of every shape at hand, without line ends; those by hand only, where there are no recordings. */
export function sampleLines(): Uint8Array[] {
  const encoder = new TextEncoder();
  const lines: Uint8Array[] = HAND_MADE.map((line) => encoder.encode(line));
  for (const { name } of recordings) {
    const all = splitLines(readRecording(name)).filter((line) =>
      line.length <= MAX_BYTES
    );
    const step = Math.max(1, Math.floor(all.length / PER_RECORDING));
    for (let i = 0; i < all.length; i += step) lines.push(all[i]!);
  }
  return lines;
}

/** The lines of whole bytes as views, without line ends and without blank ones. */
export function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LF, start);
    const lf = found < 0 ? bytes.length : found;
    const end = bytes[lf - 1] === CR ? lf - 1 : lf;
    if (end > start) lines.push(bytes.subarray(start, end));
    start = lf + 1;
  }
  return lines;
}
