//! Checks answers after the round, so that checking does not slow it.

use std::collections::HashMap;

use doorward_e2e::{CALLBACK, Keys};
use url::form_urlencoded;

use super::job::{Ask, Token};
use super::load::Exchange;

/// One of this many answers has the signatures of its tokens verified.
const SAMPLE: usize = 50;

/// Checks the answers to one job of one server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge<'a> {
    /// The request.
    pub(crate) ask: &'a Ask,
    /// The public keys of the server.
    pub(crate) keys: &'a Keys,
}

impl Judge<'_> {
    /// The error in the answer to the nth exchange, without random parts; `None` for a right answer. Panics if a token
    /// does not verify.
    pub(crate) fn complaint(&self, nth: usize, exchange: &Exchange) -> Option<String> {
        let (status, location) = match &exchange.answer {
            Ok(answer) => answer,
            Err(error) => return Some(error.clone()),
        };
        let fragment = location.strip_prefix(CALLBACK);
        let fragment = fragment.and_then(|rest| rest.strip_prefix('#'));
        // oidc-provider sends 303.
        let (302 | 303, Some(fragment)) = (status, fragment) else {
            return Some(format!("status {status}, no callback"));
        };
        let parameters: HashMap<_, _> = form_urlencoded::parse(fragment.as_bytes()).collect();
        if let Some(error) = parameters.get("error") {
            return Some(error.clone().into_owned());
        }
        if parameters.get("state").map(AsRef::as_ref) != Some(exchange.state.as_str()) {
            return Some("another state".to_owned());
        }
        for parameter in ["id_token", "access_token"] {
            let wanted = self.ask.tokens.iter().find(|it| it.parameter == parameter);
            let token = parameters.get(parameter).map(AsRef::as_ref);
            match (wanted, token) {
                (None, None) => {}
                (Some(wanted), Some(token)) if is_like(wanted, token) => {
                    if nth.is_multiple_of(SAMPLE) {
                        self.verify(wanted, token, &exchange.state);
                    }
                }
                _ => return Some(format!("{parameter} is not as asked for")),
            }
        }
        None
    }

    fn verify(&self, wanted: &Token, token: &str, nonce: &str) {
        let Some(audience) = wanted.audience else {
            return;
        };
        let claims = self.keys.verify(token, audience);
        if wanted.parameter == "id_token" {
            assert_eq!(claims["nonce"], nonce, "{claims}");
        }
    }
}

fn is_like(wanted: &Token, token: &str) -> bool {
    let is_jwt = token.split('.').count() == 3;
    !token.is_empty() && is_jwt == wanted.audience.is_some()
}
