//! Measurements, run by `make bench`: `speed` compares the ways to run Doorward with each other and with npm's
//! oidc-provider; `sessions` measures the cost of a million sessions; `overload` asks for more than is possible. All
//! measured programs run in separate processes, as in production.
//!
//! The figures are CPU time, summed over all serving processes, and ratios between alternating rounds of one run: wall
//! times on shared machines mean little. A missed goal is reported and fails nothing; a wrong answer fails the run.

mod arguments;
mod goal;
mod machine;
mod overload;
mod sessions;
mod speed;
mod statistics;
mod store;

use std::process::ExitCode;

use doorward_service_kit::on_signal;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    tokio::select! {
        right = measure_all(&arguments) => if right { ExitCode::SUCCESS } else { ExitCode::FAILURE },
        () = async { on_signal().cancelled().await } => {
            eprintln!("stopped before the end");
            ExitCode::FAILURE
        }
    }
}

/// Runs the measurements between the `--`, one after the other. Returns whether all answers were right.
async fn measure_all(arguments: &[String]) -> bool {
    let mut right = true;
    for measurement in arguments.split(|argument| argument == "--") {
        right &= measure(measurement).await;
    }
    right
}

async fn measure(measurement: &[String]) -> bool {
    let (what, arguments) = measurement
        .split_first()
        .expect("tests/tools/bench.sh says what to measure");
    match what.as_str() {
        "speed" => speed::measure(arguments).await,
        "sessions" => {
            sessions::measure(arguments).await;
            true
        }
        "overload" => {
            overload::measure(arguments).await;
            true
        }
        _ => panic!("not a measurement: {what:?}"),
    }
}
