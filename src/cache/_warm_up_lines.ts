/** Messages of every shape, small. See {@linkcode warmUpLines}. */

// Prices and sizes with other numbers of digits each time, as real ones have.
const SIZES = [
  "0",
  "5",
  "12.5",
  "40.55",
  "133.1",
  "1204.33",
  "25018.07",
  "0.0",
];

/** Rows of a price ladder. */
function rows(count: number, from: number, step: number, salt: number): string {
  const list: string[] = [];
  for (let i = 0; i < count; i++) {
    const price = Math.round((from + i * step) * 100) / 100;
    list.push(`[${price},${SIZES[(i + salt) % SIZES.length]}]`);
  }
  return list.join(",");
}

/** Rows of a level ladder. */
function levels(count: number, from: number, step: number): string {
  const list: string[] = [];
  for (let i = 0; i < count; i++) {
    list.push(`[${i},${from + i * step},${SIZES[1 + i % 5]}]`);
  }
  return list.join(",");
}

function definition(status: string, version: number, removed: boolean): string {
  return `{"bspMarket":true,"turnInPlayEnabled":true,"marketBaseRate":5.0,` +
    `"numberOfWinners":1,"bettingType":"ODDS","marketType":"WIN",` +
    `"marketTime":"2023-11-14T22:30:00.000Z","bspReconciled":${removed},` +
    `"complete":true,"inPlay":${removed},"version":${version},"betDelay":0,` +
    `"regulators":["MR_INT"],"status":"${status}","name":"Caf\\u00e9","runners":[` +
    `{"status":"ACTIVE","sortPriority":2,"bsp":9.9089,"id":101},` +
    `{"status":"ACTIVE","sortPriority":1,"adjustmentFactor":39.9,"id":102},` +
    `{"status":"${
      removed ? "REMOVED" : "ACTIVE"
    }","sortPriority":3,"hc":-0.5,"id":103}]}`;
}

function mcm(envelope: string, mc: string): string {
  return `{"op":"mcm",${envelope}"mc":[${mc}]}\r\n`;
}

/** An image: ladders sorted either way and not at all, of few rows and of many. */
function image(id: string, salt: number): string {
  return `{"id":"${id}","marketDefinition":${
    definition("OPEN", 1, false)
  },"rc":[` +
    `{"atb":[${rows(24, 1.5, 0.02, salt)}],"atl":[${rows(3, 2.5, 0.02, 1)}],` +
    `"trd":[${rows(40, 9, -0.11, 2)}],"spb":[${rows(4, 3, 0.2, 1)}],` +
    `"spl":[[3,1],[1.01,50],[2,7],[1000,2],[6.4,3]],"spn":2.02,"spf":"NaN","ltp":2.02,` +
    `"tv":5204.11,"id":101},` +
    `{"batb":[${levels(3, 2, -0.02)}],"batl":[${levels(3, 2.1, 0.02)}],` +
    `"bdatb":[${levels(3, 2, -0.02)}],"bdatl":[${levels(3, 2.1, 0.02)}],` +
    `"ltp":0,"tv":0,"id":102},{"atb":[],"spn":"Infinity","id":103,"hc":-0.5}],` +
    `"img":true,"tv":5204.11}`;
}

/** A live change, which differs with its number. */
function change(id: string, n: number): string {
  const price = Math.round((1.4 + n % 60 * 0.02) * 100) / 100;
  const other = Math.round((3.5 - n % 50 * 0.02) * 100) / 100;
  const size = SIZES[n % SIZES.length]!;
  return `{"rc":[{"atb":[[${price},${size}],[${other},${
    n % 3 * 4.5
  }]],"id":101},` +
    `{"atl":[[${other},${size}]],"ltp":${price},"tv":${5204 + n}.5,"id":101},` +
    `{"trd":[[${
      4 + n % 90
    },${size}],[${price},${n}.25]],"batb":[[0,${price},${size}],` +
    `[2,${other},${n}]],"batl":[[1,0,0],[0,${other},3]],"bdatb":[[0,${price},${n}]],` +
    `"bdatl":[[0,${other},2.5]],"id":102},{"spb":[[${price},${size}]],` +
    `"spl":[[${other},${size}]],"spn":${price},"spf":${other},"id":103,"hc":-0.5}],` +
    `"con":${n % 2 === 0},"img":false,"tv":${6000 + n}.75,"id":"${id}"}`;
}

function orders(envelope: string, status: string, n: number): string {
  return `{"op":"ocm",${envelope}"oc":[{"id":"1.2","orc":[{"fullImage":${
    n === 0
  },` +
    `"id":101,"uo":[{"id":"${
      330 + n
    }","p":2.02,"s":10,"side":"B","status":"${status}",` +
    `"pt":"L","ot":"L","pd":1700000010000,"sm":4,"sr":6,"sl":0,"sc":0,"sv":0,"rac":"",` +
    `"rc":"REG_GGC","rfo":"o-1","rfs":"s"}],"mb":[[2.02,${4 + n}]],"ml":[],` +
    `"smc":{"s":{"mb":[[2.02,${4 + n}]]}}}]}]}\r\n`;
}

/**
 * Messages of every shape that the protocol and real files have, in an order that a
 * cache can follow: what a feed is warmed up with.
 *
 * @returns Some hundred lines, about 90 KB.
 */
export function warmUpLines(): string {
  const lines: string[] = [
    `{"op":"connection","connectionId":"1"}\r\n`,
    `{"op":"status","id":2,"statusCode":"SUCCESS","connectionClosed":false}\r\n`,
    mcm(
      `"id":2,"initialClk":"AAA","clk":"AAAA","conflateMs":0,"heartbeatMs":5000,` +
        `"pt":1700000000000,"ct":"SUB_IMAGE",`,
      `${image("1.2", 0)},${image("1.3", 3)}`,
    ),
    orders(`"id":3,"clk":"AAAA","pt":1700000000000,"ct":"SUB_IMAGE",`, "E", 0),
  ];
  for (let n = 0; n < 100; n++) {
    const time = `"pt":17000000${10000 + n},`;
    lines.push(mcm(`"id":2,"clk":"AJgC${n}",${time}`, change("1.2", n)));
    if (n % 4 === 0) {
      // As purchased files and recorders write it.
      lines.push(
        `{"op":"mcm","clk":"77${n}",${time}"mc":[{"id":"1.3","rc":[{"trd":[[2.0,${n}.0],` +
          `[12.5,110.25]],"ltp":2.0,"tv":0.0,"id":101},{"atb":[[1.01,2.0]],` +
          `"_private":{"a":[1,"b",null,true]},"id":101}],"img":${
            n % 8 === 0
          },` +
          `"con":true,"tv":1360.42}]}\n`,
      );
    }
    if (n % 20 === 0) {
      lines.push(
        `{"op":"mcm","id":2,"ct":"HEARTBEAT","clk":"AJ${n}",${time}"status":503}\r\n`,
        mcm(`"id":2,${time}"segmentType":"SEG_START",`, change("1.2", n + 7)),
        mcm(`"id":2,${time}"segmentType":"SEG",`, change("1.3", n + 8)),
        mcm(
          `"id":2,"clk":"AJ9${n}",${time}"segmentType":"SEG_END",`,
          change("1.4", n + 9),
        ),
        mcm(`"id":2,"clk":"AK${n}",${time}`, image("1.2", n)),
        mcm(
          `"id":2,"clk":"AL${n}",${time}`,
          `{"id":"1.3","marketDefinition":${
            definition("SUSPENDED", 2 + n, true)
          }},{"id":"1.5","rc":[{"ltp":1.2345678901,"tv":-0,"id":123456789}]}`,
        ),
        orders(`"id":3,"clk":"AB${n}",${time}`, n % 40 === 0 ? "E" : "EC", n),
        `{ "op" : "mcm", ${time} "mc" : [ { "id" : "1.2", "rc" : [ { "atb" : [ [ 2.0, 1 ] ] , "id" : 101 } ] } ] }\r\n`,
      );
    }
  }
  lines.push(
    mcm(
      `"id":2,"initialClk":"B","clk":"B","pt":1700000020000,"ct":"RESUB_DELTA",`,
      `${change("1.2", 3)},{"id":"1.2","marketDefinition":${
        definition("CLOSED", 900, true)
      }}`,
    ),
    mcm(`"id":2,"pt":1700000020001,`, `{"id":"1.2","rc":[{"ltp":3,"id":101}]}`),
  );
  return lines.join("");
}
