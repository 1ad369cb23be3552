import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { parseMessage } from "../../src/protocol/parse_message.ts";

function parse(text: string): ReturnType<typeof parseMessage> {
  return parseMessage(new TextEncoder().encode(text));
}

function failure(text: string): InvalidLineError {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof InvalidLineError, String(error));
    return error;
  }
  assert.fail(`accepted: ${text}`);
}

describe("parseMessage()", () => {
  it("parseMessage() keeps the message as it is", () => {
    const text =
      '{"op":"mcm","new":{"a":[1]},"mc":[{"id":"1.1","rc":[{"id":7,"spn":"NaN","x":1}],"_y":2}]}';
    assert.deepEqual(parse(`${text}\r\n`), JSON.parse(text));
  });

  it("parseMessage() tells messages apart by op", () => {
    const message = parse(
      '{"op":"status","statusCode":"FAILURE","errorCode":"NEW_CODE"}',
    );
    assert.ok(message.op === "status");
    assert.equal(message.errorCode, "NEW_CODE");
  });

  it("parseMessage() hands messages of unknown kinds on", () => {
    for (
      const text of [
        '{"op":"xyz","mc":1}',
        "{}",
        '{"op":null}',
        '{"op":7}',
        '{"op":"MCM"}',
      ]
    ) {
      assert.deepEqual(parse(text), JSON.parse(text));
    }
  });

  it("parseMessage() accepts null wherever a field may be absent", () => {
    const nulls = (keys: string): string =>
      keys.split(" ").map((key) => `"${key}":null`).join(",");
    const envelope = nulls(
      "id ct segmentType pt initialClk clk conflateMs heartbeatMs status",
    );
    parse(`{"op":"mcm",${envelope},"mc":null}`);
    parse(
      `{"op":"mcm","mc":[{"id":"1.1",${
        nulls("img marketDefinition rc tv con")
      }},{"id":"1.2","rc":[{"id":"-5",${
        nulls("hc atb atl batb batl bdatb bdatl trd spb spl spn spf ltp tv")
      }}]}]}`,
    );
    parse(`{"op":"ocm",${envelope},"oc":null}`);
    parse(
      `{"op":"ocm","oc":[{"id":"1.1",${
        nulls("accountId fullImage closed orc")
      }},{"id":"1.2","orc":[{"id":5,${
        nulls("hc fullImage uo mb ml smc")
      }},{"id":6,"uo":[{"id":"1",${
        nulls(
          "p s bsp side status pt ot pd md cd ld lsrc avp sm sr sl sc sv rac rc rfo rfs",
        )
      }}],"smc":{"a":null,"b":{"mb":null,"ml":null}}}]}]}`,
    );
  });

  it("parseMessage() accepts the other values that may come", () => {
    for (
      const value of [
        '"NaN"',
        '"Infinity"',
        '"-Infinity"',
        '"INF"',
        '"-inf"',
        "1e2",
      ]
    ) {
      parse(
        `{"op":"mcm","mc":[{"id":"1.1","tv":${value},"rc":[{"id":1,"ltp":${value}}]}]}`,
      );
      parse(
        `{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"uo":[{"id":"1","avp":${value}}]}]}]}`,
      );
    }
    parse(
      '{"op":"mcm","clk":12,"initialClk":"a","ct":"NEW","segmentType":"NEW"}',
    );
    parse(
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"batb":[[0.0,1.5,2],[99,0,0]],"atb":[]}]}]}',
    );
  });

  const invalid: readonly (readonly [path: string, text: string])[] = [
    ["id", '{"op":"mcm","id":"2"}'],
    ["pt", '{"op":"ocm","pt":"1"}'],
    ["clk", '{"op":"mcm","clk":{}}'],
    ["ct", '{"op":"mcm","ct":1}'],
    ["segmentType", '{"op":"ocm","segmentType":false}'],
    ["mc", '{"op":"mcm","mc":{}}'],
    ["mc[0]", '{"op":"mcm","mc":[null]}'],
    ["mc[1].id", '{"op":"mcm","mc":[{"id":"1.1"},{"id":1.2}]}'],
    ["mc[0].id", '{"op":"mcm","mc":[{}]}'],
    ["mc[0].img", '{"op":"mcm","mc":[{"id":"1.1","img":1}]}'],
    ["mc[0].con", '{"op":"mcm","mc":[{"id":"1.1","con":"true"}]}'],
    ["mc[0].tv", '{"op":"mcm","mc":[{"id":"1.1","tv":"12"}]}'],
    [
      "mc[0].marketDefinition",
      '{"op":"mcm","mc":[{"id":"1.1","marketDefinition":[]}]}',
    ],
    ["mc[0].rc", '{"op":"mcm","mc":[{"id":"1.1","rc":{}}]}'],
    ["mc[0].rc[0]", '{"op":"mcm","mc":[{"id":"1.1","rc":[[]]}]}'],
    ["mc[0].rc[0].id", '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":"1.5"}]}]}'],
    ["mc[0].rc[0].id", '{"op":"mcm","mc":[{"id":"1.1","rc":[{}]}]}'],
    [
      "mc[0].rc[0].hc",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"hc":"0"}]}]}',
    ],
    [
      "mc[0].rc[0].spn",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"spn":"x"}]}]}',
    ],
    [
      "mc[0].rc[0].atb",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"atb":{}}]}]}',
    ],
    [
      "mc[0].rc[0].trd[1]",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"trd":[[1,2],[1]]}]}]}',
    ],
    [
      "mc[0].rc[0].atl[0]",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"atl":[[1,"2"]]}]}]}',
    ],
    [
      "mc[0].rc[0].batb[0]",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"batb":[[1,2]]}]}]}',
    ],
    [
      "mc[0].rc[0].batl[0]",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"batl":[[-1,2,3]]}]}]}',
    ],
    [
      "mc[0].rc[0].bdatl[0]",
      '{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1,"bdatl":[[100,2,3]]}]}]}',
    ],
    ["oc", '{"op":"ocm","oc":"x"}'],
    ["oc[0].id", '{"op":"ocm","oc":[{"closed":true}]}'],
    ["oc[0].fullImage", '{"op":"ocm","oc":[{"id":"1.1","fullImage":"true"}]}'],
    ["oc[0].orc", '{"op":"ocm","oc":[{"id":"1.1","orc":{}}]}'],
    [
      "oc[0].orc[0].uo[0].id",
      '{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"uo":[{"id":3}]}]}]}',
    ],
    [
      "oc[0].orc[0].uo[0].rfs",
      '{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"uo":[{"id":"3","rfs":4}]}]}]}',
    ],
    [
      "oc[0].orc[0].uo[0].pd",
      '{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"uo":[{"id":"3","pd":"x"}]}]}]}',
    ],
    [
      "oc[0].orc[0].mb[0]",
      '{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"mb":[2]}]}]}',
    ],
    [
      "oc[0].orc[0].smc",
      '{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"smc":[]}]}]}',
    ],
    [
      "oc[0].orc[0].smc.*",
      '{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"smc":{"ref":[]}}]}]}',
    ],
    [
      "oc[0].orc[0].smc.*.ml",
      '{"op":"ocm","oc":[{"id":"1.1","orc":[{"id":1,"smc":{"ref":{"ml":1}}}]}]}',
    ],
  ];
  for (const [path, text] of invalid) {
    it(`parseMessage() refuses ${text}`, () => {
      const error = failure(text);
      assert.equal(error.reason, "schema");
      assert.ok(error.message.includes(` as ${path} must be `), error.message);
    });
  }

  it("parseMessage() tells encoding, syntax and schema apart", () => {
    assert.throws(
      () => parseMessage(Uint8Array.of(0x7b, 0xc3, 0x7d)),
      (error) =>
        error instanceof InvalidLineError && error.reason === "encoding",
    );
    for (const text of ["", "{", "{}{}", "\uFEFF{}", "nope"]) {
      assert.equal(failure(text).reason, "syntax");
    }
    for (const text of ["[]", "1", '"x"', "null"]) {
      assert.equal(failure(text).reason, "schema");
    }
  });

  it("parseMessage() survives nesting that exhausts the stack", () => {
    const text = `{"x":${"[".repeat(1_000_000)}`;
    assert.equal(failure(text).reason, "syntax");
  });

  it("parseMessage() shows no credentials in its errors", () => {
    const error = failure(
      '{"op":"authentication","session":"s3cr3t","appKey":"k3y" x',
    );
    const shown =
      `${error.message} ${error.stack} ${error.preview} ${error.cause}`;
    assert.ok(!shown.includes("s3cr3t") && !shown.includes("k3y"), shown);
  });
});
