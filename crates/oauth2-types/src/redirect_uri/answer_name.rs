//! Parameter names of answers, which no registered URI may have in its query: an application could take the registered
//! value for the answer's, or find the name twice.

use url::form_urlencoded;

use super::raw_uri::RawUri;

/// The parameters of authorization answers and of logouts: RFC 6749 §4.1.2, §4.2.2 and their errors, RFC 9207 §2,
/// OpenID Connect Core §3.2.2.5, Session Management §3, RP-Initiated Logout §3.
const ANSWER_NAMES: [&str; 12] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "error_uri",
    "expires_in",
    "id_token",
    "iss",
    "scope",
    "session_state",
    "state",
    "token_type",
];

/// The first such name in the query, decoded once, like applications do. Case-sensitive (RFC 6749 §1.9).
pub(super) fn in_query_of(uri: &RawUri<'_>) -> Option<&'static str> {
    // mutant: parameter-of-answer-in-registered-query
    let query = uri.query()?;
    form_urlencoded::parse(query.as_bytes()).find_map(|(name, _)| {
        let mut names = ANSWER_NAMES.into_iter();
        names.find(|known| *known == name)
    })
}
