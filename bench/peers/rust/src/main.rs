//! The Rust peers, one run per process; see ../../README.md for the contract.
//!
//! Usage: betfair-stream-peers VARIANT MODE MILLISECONDS PATH...

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use betfair_stream_api::StreamAPIClientCodec;
use betfair_stream_api::cache::primitives::runner_book_cache::RunnerBookCache;
use betfair_stream_api::cache::tracker::StreamState;
use betfair_stream_types::response::ResponseMessage;
use betfair_types::numeric::F64Ord;
use betfair_types::price::Price;
use betfair_types::size::Size;
use betfair_types::types::sports_aping::SelectionId;
use bytes::BytesMut;
use cpu_time::ProcessTime;
use tokio_util::codec::Decoder;

const CHUNK_BYTES: usize = 64 * 1024;

/// The crate's codec and cache.
const CACHE: &str = "betfair-stream-api";
/// Its types alone, read with serde_json as it does itself.
const SERDE_JSON: &str = "betfair-stream-types-serde_json";
/// Its types alone, read with simd-json.
const SIMD_JSON: &str = "betfair-stream-types-simd-json";

/// What a run did.
#[derive(Default)]
struct Done {
    reads: u64,
    checksum: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [variant, mode, milliseconds, paths @ ..] = arguments.as_slice() else {
        eprintln!("Usage: betfair-stream-peers VARIANT MODE MILLISECONDS PATH...");
        return ExitCode::from(2);
    };
    // The panics of its decoder are expected, and reported in one line.
    set_hook(Box::new(|_| {}));
    let outcome = if mode == "state" {
        write_state(&paths[0])
    } else {
        let milliseconds = milliseconds.parse().unwrap_or(0);
        measure(
            variant,
            mode == "once",
            Duration::from_millis(milliseconds),
            paths,
        )
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(3)
        }
    }
}

/// Passes over all recordings, and the result as one line of JSON.
fn measure(
    variant: &str,
    is_once: bool,
    duration: Duration,
    paths: &[String],
) -> Result<(), String> {
    let mut seconds: Vec<f64> = Vec::new();
    let mut cpu_seconds: Vec<f64> = Vec::new();
    let warm_until = Instant::now() + duration;
    let mut end: Option<Instant> = None;
    let total = loop {
        let start = Instant::now();
        let cpu_start = ProcessTime::now();
        let mut total = Done::default();
        for path in paths {
            let done = run(variant, path)?;
            total.reads += done.reads;
            total.checksum += done.checksum;
        }
        let cpu = cpu_start.elapsed().as_secs_f64();
        let now = Instant::now();
        if !is_once && end.is_none() {
            // At least one pass warms up.
            if now >= warm_until {
                end = Some(now + duration);
            }
            continue;
        }
        seconds.push((now - start).as_secs_f64());
        cpu_seconds.push(cpu);
        if end.is_none_or(|end| now >= end) {
            break total;
        }
    };
    println!(
        "{}",
        serde_json::json!({
            "seconds": seconds,
            "cpuSeconds": cpu_seconds,
            "reads": total.reads,
            "checksum": total.checksum,
            "peakRssBytes": peak_rss_bytes(),
        })
    );
    Ok(())
}

fn run(variant: &str, path: &str) -> Result<Done, String> {
    match variant {
        CACHE => run_cache(path).map(|(_, done)| done),
        SERDE_JSON => run_types(path, |line| {
            serde_json::from_slice(line).map_err(|error| error.to_string())
        }),
        SIMD_JSON => run_types(path, |line| {
            simd_json::serde::from_slice(line).map_err(|error| error.to_string())
        }),
        _ => Err(format!("no such variant: {variant}")),
    }
}

fn open(path: &str) -> Result<Box<dyn Read>, String> {
    let file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
    Ok(if path.ends_with(".bz2") {
        Box::new(bzip2::read::MultiBzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

/// Codec and cache over a recording; best prices of each changed runner are read.
fn run_cache(path: &str) -> Result<(StreamState, Done), String> {
    let mut input = open(path)?;
    let mut state = StreamState::new();
    let mut codec = StreamAPIClientCodec;
    let mut buffer = BytesMut::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut done = Done::default();
    let mut line_number = 0;
    let mut changed = Vec::new();
    loop {
        let length = input.read(&mut chunk).map_err(|error| error.to_string())?;
        if length == 0 {
            break;
        }
        buffer.extend_from_slice(&chunk[..length]);
        loop {
            let step = catch_unwind(AssertUnwindSafe(|| -> Result<bool, String> {
                let message = codec
                    .decode(&mut buffer)
                    .map_err(|error| error.to_string())?;
                let Some((_, message)) = message else {
                    return Ok(false);
                };
                apply(&mut state, message, &mut changed, &mut done);
                Ok(true)
            }));
            line_number += 1;
            match step {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => {
                    line_number -= 1;
                    break;
                }
                Ok(Err(reason)) => return Err(format!("line {line_number}: error: {reason}")),
                Err(panic) => {
                    let reason = panic
                        .downcast_ref::<String>()
                        .map(String::as_str)
                        .or_else(|| panic.downcast_ref::<&str>().copied())
                        .unwrap_or("no reason");
                    return Err(format!("line {line_number}: panic: {reason}"));
                }
            }
        }
    }
    Ok((state, done))
}

type RunnerKey = (SelectionId, Option<F64Ord>);

/// Applies a message. The crate hands out the changed markets, but not the
/// changed runners: those are noted before it takes the message.
fn apply(
    state: &mut StreamState,
    message: ResponseMessage,
    changed: &mut Vec<(usize, RunnerKey)>,
    done: &mut Done,
) {
    match message {
        ResponseMessage::MarketChange(message) => {
            changed.clear();
            for (at, market) in message.data.iter().flatten().enumerate() {
                let first = changed.len();
                for runner in market.runner_change.iter().flatten() {
                    let Some(id) = runner.id else { continue };
                    let key = (id, runner.handicap);
                    if !changed[first..].iter().any(|(_, known)| *known == key) {
                        changed.push((at, key));
                    }
                }
            }
            let Some(markets) = state.market_change_update(message) else {
                return;
            };
            for (at, key) in changed.iter() {
                let Some(runner) = markets.get(*at).and_then(|book| book.runners().get(key)) else {
                    continue;
                };
                for (price, size) in [best_back(runner), best_lay(runner)].into_iter().flatten() {
                    done.checksum += price + size;
                }
                done.reads += 1;
            }
        }
        ResponseMessage::OrderChange(message) => {
            state.order_change_update(message);
        }
        ResponseMessage::Connection(_) | ResponseMessage::Status(_) => {}
    }
}

/// Full depth if there is any, else the level ladders, as everywhere in this bench.
fn best_back(runner: &RunnerBookCache) -> Option<(f64, f64)> {
    let depth = runner.available_to_back().book.last_key_value();
    depth
        .map(|(price, size)| (price.as_f64(), size.as_f64()))
        .or_else(|| {
            let display = runner
                .best_display_available_to_back()
                .book
                .first_key_value();
            let level = display.or_else(|| runner.best_available_to_back().book.first_key_value());
            level.map(|(_, (price, size))| (price.as_f64(), size.as_f64()))
        })
}

fn best_lay(runner: &RunnerBookCache) -> Option<(f64, f64)> {
    let depth = runner.available_to_lay().book.first_key_value();
    depth
        .map(|(price, size)| (price.as_f64(), size.as_f64()))
        .or_else(|| {
            let display = runner
                .best_display_available_to_lay()
                .book
                .first_key_value();
            let level = display.or_else(|| runner.best_available_to_lay().book.first_key_value());
            level.map(|(_, (price, size))| (price.as_f64(), size.as_f64()))
        })
}

/// Reads each line into the crate's types, and nothing more.
fn run_types(
    path: &str,
    parse: impl Fn(&mut [u8]) -> Result<ResponseMessage, String>,
) -> Result<Done, String> {
    let mut input = open(path)?;
    let mut done = Done::default();
    let mut buffer = Vec::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut line_number = 0;
    loop {
        let length = input.read(&mut chunk).map_err(|error| error.to_string())?;
        if length == 0 {
            return Ok(done);
        }
        let mut searched = buffer.len();
        buffer.extend_from_slice(&chunk[..length]);
        let mut start = 0;
        while let Some(at) = buffer[searched..].iter().position(|&byte| byte == b'\n') {
            let end = searched + at;
            line_number += 1;
            let line = &mut buffer[start..end];
            match catch_unwind(AssertUnwindSafe(|| parse(line))) {
                Ok(Ok(message)) => {
                    drop(std::hint::black_box(message));
                    done.reads += 1;
                }
                Ok(Err(reason)) => return Err(format!("line {line_number}: error: {reason}")),
                Err(_) => return Err(format!("line {line_number}: panic")),
            }
            start = end + 1;
            searched = start;
        }
        buffer.drain(..start);
    }
}

/// The state at the end, one runner per line.
fn write_state(path: &str) -> Result<(), String> {
    let (state, _) = run_cache(path)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for market in state.market_stream_tracker.states() {
        for ((id, handicap), runner) in market.runners() {
            let line = serde_json::json!([
                market.market_id(),
                id,
                handicap.map_or(0.0, |value| value.as_f64()),
                best_back(runner),
                best_lay(runner),
                runner.last_price_traded().map(|price| price.as_f64()),
                [
                    rows_of(&runner.available_to_back().book),
                    rows_of(&runner.available_to_lay().book),
                    rows_of(&runner.traded().book),
                ],
            ]);
            writeln!(out, "{line}").map_err(|error| error.to_string())?;
        }
    }
    out.flush().map_err(|error| error.to_string())
}

fn rows_of(ladder: &BTreeMap<Price, Size>) -> Vec<(f64, f64)> {
    ladder
        .iter()
        .map(|(price, size)| (price.as_f64(), size.as_f64()))
        .collect()
}

/// Most memory that this process has held; 0 where the system does not tell.
fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kib| kib * 1024)
}
