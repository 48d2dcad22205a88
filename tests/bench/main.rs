//! Measurements, run by `make bench`: `speed` compares ways to run Doorward with one another and with npm's oidc-provider,
//! `sessions` finds out what a million sessions cost. Everything that is measured is a process of its own, as in production.
//!
//! What counts is CPU time summed over all processes that answer, and ratios between rounds that alternate in one run: wall times
//! on shared machines mean little. A goal that is missed is reported and fails nothing; a wrong answer does.

mod arguments;
mod goal;
mod machine;
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

/// Measures one after another what stands between the `--`, and returns whether all answers were right.
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
        _ => panic!("neither speed nor sessions: {what:?}"),
    }
}
