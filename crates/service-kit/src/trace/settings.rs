//! The settings of the export: the environment variables of OpenTelemetry
//! (<https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>).

use super::export::ExportError;

/// How spans are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Grpc,
    HttpProtobuf,
}

/// Where values come from: the environment, or a test.
type Variables<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Reads a variable of this process.
#[expect(
    clippy::disallowed_methods,
    reason = "OpenTelemetry's settings are these variables"
)]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// How to export; `None`: not at all. The library ignores what it cannot read; here it is an error.
pub(super) fn protocol(get: &Variables<'_>) -> Result<Option<Protocol>, ExportError> {
    if get("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let is_wanted = match get("OTEL_TRACES_EXPORTER").as_deref() {
        Some("otlp") => true,
        Some("none") => false,
        Some(other) => return Err(invalid("OTEL_TRACES_EXPORTER", other, "otlp or none")),
        None => {
            let endpoints = [
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
            ];
            endpoints.iter().any(|name| get(name).is_some())
        }
    };
    if !is_wanted {
        return Ok(None);
    }
    check_sampler(get)?;
    check_numbers(get)?;
    let names = [
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ];
    let set = names.iter().find_map(|name| Some((*name, get(name)?)));
    let protocol = match set.as_ref().map(|(name, value)| (*name, value.as_str())) {
        None | Some((_, "http/protobuf")) => Protocol::HttpProtobuf,
        Some((_, "grpc")) => Protocol::Grpc,
        Some((name, other)) => return Err(invalid(name, other, "http/protobuf or grpc")),
    };
    Ok(Some(protocol))
}

fn check_sampler(get: &Variables<'_>) -> Result<(), ExportError> {
    let Some(sampler) = get("OTEL_TRACES_SAMPLER") else {
        return Ok(());
    };
    if !SAMPLERS.contains(&sampler.as_str()) {
        return Err(invalid(
            "OTEL_TRACES_SAMPLER",
            &sampler,
            &SAMPLERS.join(", "),
        ));
    }
    if !sampler.ends_with("traceidratio") {
        return Ok(());
    }
    let ratio = get("OTEL_TRACES_SAMPLER_ARG").unwrap_or_default();
    let is_ratio = ratio
        .parse()
        .is_ok_and(|ratio| (0.0..=1.0).contains(&ratio));
    let wrong = || invalid("OTEL_TRACES_SAMPLER_ARG", &ratio, "a number from 0 to 1");
    is_ratio.then_some(()).ok_or_else(wrong)
}

fn check_numbers(get: &Variables<'_>) -> Result<(), ExportError> {
    let names = [
        "OTEL_BSP_SCHEDULE_DELAY",
        "OTEL_BSP_EXPORT_TIMEOUT",
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    ];
    let set = names.iter().filter_map(|name| Some((name, get(name)?)));
    let mut wrong = set.filter(|(_, value)| value.parse::<u32>().is_err());
    wrong.next().map_or(Ok(()), |(name, value)| {
        Err(invalid(name, &value, "a whole number"))
    })
}

fn invalid(name: &'static str, value: &str, expected: &str) -> ExportError {
    ExportError::Setting {
        name,
        value: value.to_owned(),
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");

    fn read(set: &[(&str, &str)]) -> Result<Option<Protocol>, String> {
        let variables = |name: &str| {
            let found = set.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        protocol(&variables).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_exported_unless_a_collector_is_named() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[ENDPOINT, ("OTEL_SDK_DISABLED", "true")]), Ok(None));
        assert_eq!(
            read(&[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")]),
            Ok(None)
        );
        for set in [
            ENDPOINT,
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "http://localhost:4318/v1/traces",
            ),
            ("OTEL_TRACES_EXPORTER", "otlp"),
        ] {
            assert_eq!(read(&[set]), Ok(Some(Protocol::HttpProtobuf)), "{set:?}");
        }
    }

    #[test]
    fn the_protocol_of_traces_goes_before_that_of_all_signals() {
        let all = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        assert_eq!(read(&[ENDPOINT, all]), Ok(Some(Protocol::Grpc)));
        let traces = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf");
        assert_eq!(
            read(&[ENDPOINT, all, traces]),
            Ok(Some(Protocol::HttpProtobuf))
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (name, value, expected) in [
            ("OTEL_TRACES_EXPORTER", "zipkin", "otlp or none"),
            (
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "http/json",
                "http/protobuf or grpc",
            ),
            (
                "OTEL_TRACES_SAMPLER",
                "sometimes",
                "parentbased_traceidratio",
            ),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "many", "a whole number"),
        ] {
            let problem = read(&[ENDPOINT, (name, value)]).unwrap_err();
            for part in [name, value, expected] {
                assert!(problem.contains(part), "{problem}");
            }
        }
        for ratio in ["", "1.1", "-1", "half", "NaN"] {
            let set = [
                ENDPOINT,
                ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
                ("OTEL_TRACES_SAMPLER_ARG", ratio),
            ];
            let problem = read(&set).unwrap_err();
            assert!(problem.contains("OTEL_TRACES_SAMPLER_ARG"), "{problem}");
        }
    }
}
