//! The life of a service process, from its settings to its exit code.

use std::process::ExitCode;

use doorward_service_kit::config::ConfigError;
use doorward_service_kit::{
    LogConfig, MetricsConfig, ServiceArgs, Shutdown, StartError, run, with_causes,
};
use rustix::process::{Signal, getpid, kill_process};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    colour: String,
    #[serde(default)]
    log: LogConfig,
    #[serde(default)]
    metrics: MetricsConfig,
}

fn run_with(
    settings: &str,
    service: impl AsyncFnOnce(Settings, Shutdown) -> Result<(), StartError>,
) -> String {
    let file = tempfile::NamedTempFile::new().expect("a file is made");
    std::fs::write(file.path(), settings).expect("it is written");
    let config = Some(file.path().to_owned());
    let args = ServiceArgs {
        config,
        check_health: false,
    };
    format!("{:?}", run("test", &args, telemetry, service))
}

fn telemetry(settings: &Settings) -> (&LogConfig, &MetricsConfig) {
    (&settings.log, &settings.metrics)
}

fn code(code: ExitCode) -> String {
    format!("{code:?}")
}

#[test]
fn a_service_gets_its_settings_and_serves_until_a_signal() {
    let ended = run_with("colour = 'red'", async |settings, shutdown| {
        assert_eq!(settings.colour, "red");
        assert!(!shutdown.is_cancelled());
        kill_process(getpid(), Signal::TERM).unwrap();
        shutdown.cancelled().await;
        Ok(())
    });
    assert_eq!(ended, code(ExitCode::SUCCESS));
}

#[test]
fn what_cannot_start_fails() {
    for settings in [
        "",
        "colour = 'red'\nother = 1",
        "colour = 'red'\n[log]\nfilter = 'a=b=c'",
        "colour = 'red'\n[metrics]\nlisten = '192.0.2.1:1'",
    ] {
        let ended = run_with(settings, async |_, _| unreachable!("it has started"));
        assert_eq!(ended, code(ExitCode::FAILURE), "{settings}");
    }
    let ended = run_with("colour = 'red'", async |_, _| {
        Err(ConfigError::invalid("colour", "is unknown").into())
    });
    assert_eq!(ended, code(ExitCode::FAILURE));
}

#[test]
fn an_error_is_one_line_with_its_causes() {
    let source = std::io::Error::other("the cause");
    let error = StartError::Unusable("it cannot be used", source.into());
    assert_eq!(with_causes(&error), "it cannot be used: the cause");
}
