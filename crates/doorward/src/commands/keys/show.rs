//! Signing keys as text and as JSON.

use doorward_oauth2_types::SigningAlg;
use doorward_proto::token_signing::v1::{KeyState, SigningKey};
use doorward_proto::{WireEnum, from_timestamp};
use prost_types::Timestamp;
use serde_json::{Value, json};

/// One line of a list.
pub(super) fn line(key: &SigningKey) -> String {
    let (kid, alg, state) = (&key.kid, alg_name(key), state_name(key.state()));
    let since = match key.state() {
        KeyState::Unspecified | KeyState::Next => ("published since", key.created_at),
        KeyState::Current => ("since", key.current_since),
        KeyState::Previous => ("until", key.current_until),
        KeyState::Revoked => ("at", key.revoked_at),
    };
    match since {
        (word, Some(at)) => format!(
            "{kid}  {alg}  {state} {word} {}",
            time(Some(at)).unwrap_or_default()
        ),
        (_, None) => format!("{kid}  {alg}  {state}"),
    }
}

/// The key with the names of Auth0's Management API, which has no `alg`.
pub(super) fn document(key: &SigningKey) -> Value {
    let mut object = json!({
        "kid": key.kid,
        "alg": alg_name(key),
        "cert": key.certificate,
        "thumbprint": key.thumbprint,
        "fingerprint": fingerprint(&key.thumbprint),
    });
    let state = key.state();
    let states = [
        ("current", KeyState::Current),
        ("next", KeyState::Next),
        ("previous", KeyState::Previous),
        ("revoked", KeyState::Revoked),
    ];
    for (name, of) in states {
        if state == of {
            object[name] = json!(true);
        }
    }
    let instants = [
        ("current_since", key.current_since),
        ("current_until", key.current_until),
        ("revoked_at", key.revoked_at),
    ];
    for (name, at) in instants {
        if let Some(at) = time(at) {
            object[name] = json!(at);
        }
    }
    object
}

fn alg_name(key: &SigningKey) -> &'static str {
    SigningAlg::from_wire(key.alg).map_or("unknown", SigningAlg::as_str)
}

/// Pairs of digits with colons between them.
fn fingerprint(thumbprint: &str) -> String {
    let pairs = thumbprint.as_bytes().chunks(2).map(String::from_utf8_lossy);
    pairs.collect::<Vec<_>>().join(":")
}

fn state_name(state: KeyState) -> &'static str {
    match state {
        KeyState::Unspecified => "unknown",
        KeyState::Next => "next",
        KeyState::Current => "current",
        KeyState::Previous => "previous",
        KeyState::Revoked => "revoked",
    }
}

/// An instant in RFC 3339; `None` if it is absent.
fn time(instant: Option<Timestamp>) -> Option<String> {
    let instant = from_timestamp(instant, "").ok()?;
    Some(instant.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(state: KeyState) -> SigningKey {
        let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
        SigningKey {
            kid: "k".to_owned(),
            alg: SigningAlg::Es256.to_wire(),
            state: state.into(),
            certificate: "-----BEGIN CERTIFICATE-----\n".to_owned(),
            thumbprint: "A0FF".to_owned(),
            created_at: at(0),
            current_since: at(60),
            current_until: (state != KeyState::Current).then_some(at(120)).flatten(),
            revoked_at: (state == KeyState::Revoked).then_some(at(180)).flatten(),
        }
    }

    #[test]
    fn lines() {
        let lines = [
            (
                KeyState::Next,
                "k  ES256  next published since 1970-01-01T00:00:00Z",
            ),
            (
                KeyState::Current,
                "k  ES256  current since 1970-01-01T00:01:00Z",
            ),
            (
                KeyState::Previous,
                "k  ES256  previous until 1970-01-01T00:02:00Z",
            ),
            (
                KeyState::Revoked,
                "k  ES256  revoked at 1970-01-01T00:03:00Z",
            ),
        ];
        for (state, expected) in lines {
            assert_eq!(line(&key(state)), expected);
        }
    }

    #[test]
    fn json_has_the_names_of_auth0() {
        assert_eq!(
            document(&key(KeyState::Revoked)),
            json!({
                "kid": "k",
                "alg": "ES256",
                "cert": "-----BEGIN CERTIFICATE-----\n",
                "thumbprint": "A0FF",
                "fingerprint": "A0:FF",
                "revoked": true,
                "current_since": "1970-01-01T00:01:00Z",
                "current_until": "1970-01-01T00:02:00Z",
                "revoked_at": "1970-01-01T00:03:00Z"
            })
        );
    }
}
