//! The metrics of the frontend; `docs/metrics.md` explains them.

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};

pub(crate) const HTTP_REQUEST_SECONDS: &str = "doorward_http_request_seconds";
pub(crate) const REQUESTS_IN_WORK: &str = "doorward_requests_in_work";
pub(crate) const REQUESTS_LIMIT: &str = "doorward_requests_limit";
pub(crate) const REQUESTS_SHED: &str = "doorward_requests_shed_total";
pub(crate) const SILENT_AUTHENTICATIONS: &str = "doorward_silent_authentications_total";
pub(crate) const LOGINS: &str = "doorward_logins_total";
pub(crate) const SIGNUPS: &str = "doorward_signups_total";
pub(crate) const CONSENTS: &str = "doorward_consents_total";
pub(crate) const LOGOUTS: &str = "doorward_logouts_total";
pub(crate) const INVITATIONS_ACCEPTED: &str = "doorward_invitations_accepted_total";
pub(crate) const BACKEND_ERRORS: &str = "doorward_backend_errors_total";
pub(crate) const BACKEND_REPEATS: &str = "doorward_backend_repeats_total";
pub(crate) const REGISTRY_CACHE_LOOKUPS: &str = "doorward_registry_cache_lookups_total";
pub(crate) const REGISTRY_REVISION: &str = "doorward_registry_revision";

/// Describes them to the recorder of the process.
pub fn describe() {
    describe_histogram!(
        HTTP_REQUEST_SECONDS,
        Unit::Seconds,
        "duration of HTTP requests until the head of the response"
    );
    describe_gauge!(REQUESTS_IN_WORK, "requests that are worked on");
    describe_gauge!(
        REQUESTS_LIMIT,
        "requests that may be worked on at a time; falls under overload"
    );
    describe_counter!(
        REQUESTS_SHED,
        "requests refused because there was too much to do"
    );
    describe_counter!(SILENT_AUTHENTICATIONS, "answers to prompt=none");
    describe_counter!(LOGINS, "passwords that were submitted to sign in");
    describe_counter!(SIGNUPS, "sign-up forms that were submitted");
    describe_counter!(CONSENTS, "decisions on the consent page");
    describe_counter!(LOGOUTS, "sessions that were ended at a logout endpoint");
    describe_counter!(INVITATIONS_ACCEPTED, "invitations that were accepted");
    describe_counter!(BACKEND_ERRORS, "failed calls of other services");
    describe_counter!(
        BACKEND_REPEATS,
        "calls that were repeated, because the first was late or lost"
    );
    describe_counter!(
        REGISTRY_CACHE_LOOKUPS,
        "lookups of applications, APIs, connections and settings"
    );
    describe_gauge!(
        REGISTRY_REVISION,
        "the newest revision of the registry that the process has received"
    );
}

/// Counts an event by its outcome.
pub(crate) fn count(event: &'static str, outcome: &'static str) {
    counter!(event, "outcome" => outcome).increment(1);
}
