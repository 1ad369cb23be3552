import { describeParser } from "../support/parser_suite.ts";
import { NativeParser } from "../../ffi/native_parser.ts";

describeParser("NativeParser", () => new NativeParser());
