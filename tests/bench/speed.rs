//! The speed of silent authentications in each way to run Doorward, beside npm's oidc-provider and, if asked for, an
//! earlier build: latency, requests per second, CPU time, memory, and the timing of wrong passwords.

pub(crate) mod answer;
mod goals;
mod guesses;
pub(crate) mod job;
pub(crate) mod load;
mod logins;
mod peer;
mod process;
mod report;
mod rounds;
mod settings;
mod sign_in;
mod signature;
mod signing;
pub(crate) mod target;
pub(crate) mod way;

use doorward_e2e::Build;

use crate::machine;
use report::Report;
use settings::Settings;
use signature::Algorithm;
use target::Target;
use way::Way;

/// Measures, prints and writes the figures. Returns whether the build under test gave right answers only.
pub(crate) async fn measure(arguments: &[String]) -> bool {
    let settings = &Settings::read(arguments);
    let begin = machine::describe();
    let targets = start(settings).await;
    let resident = || targets.iter().map(Target::resident).collect::<Vec<_>>();

    let at_rest = resident();
    let signature = Algorithm::RS256.milliseconds().await;
    let series = rounds::run(&targets, settings).await;
    let signature = [signature, Algorithm::RS256.milliseconds().await];
    let signing = signing::run(&targets[0], settings).await;
    let after_load = resident();
    let refused = logins::run(&targets).await;
    let after_logins = resident();
    // Last, because an imported hash may take more memory than our own.
    let guesses = guesses::run(&targets, settings).await;

    let report = Report {
        settings,
        targets: &targets,
        series,
        signature,
        signing,
        resident: [at_rest, after_load, after_logins],
        refused,
        guesses,
        machine: [begin, machine::describe()],
    };
    println!("{}", report.text());
    std::fs::write(&settings.file, report.json().to_string()).expect("the file can be written");
    report.is_right()
}

/// Starts all deployments. They run at the same time, and are idle while another one is measured.
async fn start(settings: &Settings) -> Vec<Target> {
    let own = Build::own();
    let six = Target::six(Way::Six, own.clone()).await;
    let peer = Target::peer(&six).await;
    let unix = Target::six(Way::SixUnix, own.clone()).await;
    let tls = Target::six(Way::SixTls, own.clone()).await;
    let mut targets = vec![six, unix, tls, Target::one(Way::One, own).await, peer];
    if let Some(before) = &settings.baseline {
        // An earlier build may have only `doorward serve`.
        if before.has_services() {
            targets.push(Target::six(Way::SixBefore, before.clone()).await);
        }
        targets.push(Target::one(Way::OneBefore, before.clone()).await);
    }
    targets
}
