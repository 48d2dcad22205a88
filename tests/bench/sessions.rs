//! The cost of a million sessions: memory of Redis per session, and CPU time of a silent authentication with few and
//! with many sessions.

mod cpu;
mod fill;
mod goals;
mod memory;
mod people;
mod report;
mod rounds;
mod settings;
mod stack;

use report::Report;
use rounds::Cpu;
use settings::Settings;
use stack::Stack;

use crate::machine;

/// Measures, prints and writes the figures.
pub(crate) async fn measure(arguments: &[String]) {
    let settings = &Settings::read(arguments);
    let begin = machine::describe();
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
        machine: [begin, machine::describe()],
    };
    println!("{}", report.text());
    std::fs::write(&settings.file, report.json().to_string()).expect("the file can be written");
}
