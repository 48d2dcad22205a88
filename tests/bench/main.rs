//! What a million sessions cost, run by `make bench`: memory of Redis for each, and CPU time of a silent authentication beside
//! few and beside many. Everything that is measured is a release build in a process of its own, as in production.
//!
//! Speed is CPU time summed over all processes that answer, and a ratio between rounds that alternate in one run: wall times on
//! shared machines mean little. A goal that is missed is reported and fails nothing; a wrong answer does.

mod cpu;
mod fill;
mod goals;
mod memory;
mod people;
mod report;
mod rounds;
mod settings;
mod stack;
mod statistics;
mod store;

use std::process::ExitCode;

use doorward_service_kit::on_signal;

use crate::report::Report;
use crate::rounds::Cpu;
use crate::settings::Settings;
use crate::stack::Stack;

#[tokio::main]
async fn main() -> ExitCode {
    let settings = Settings::read();
    tokio::select! {
        () = measure(&settings) => ExitCode::SUCCESS,
        () = async { on_signal().cancelled().await } => {
            eprintln!("stopped before the end");
            ExitCode::FAILURE
        }
    }
}

async fn measure(settings: &Settings) {
    let begin = report::machine();
    let mut few = Stack::start().await;
    let mut many = Stack::start().await;

    few.open_sessions(0..settings.few()).await;
    let first = memory::first_sessions(&mut many, settings.sessions).await;
    let cpu = Cpu::of_silent_authentication(&few, &many, settings).await;
    // Last, because the rounds are about users with one session each.
    let further = memory::further_sessions(&many).await;

    let report = Report {
        settings,
        first,
        further,
        cpu,
        retries: few.filler.retries() + many.filler.retries(),
        machine: [begin, report::machine()],
    };
    println!("{}", report.text());
    std::fs::write(&settings.file, report.json().to_string()).expect("the file can be written");
}
