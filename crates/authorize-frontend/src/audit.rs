//! Audit lines: what a user did, with the code that Auth0's tenant logs have for it. `docs/logging.md` lists them.

use crate::browser::Browser;
use crate::model::ExceededLimit;

/// The target of the lines.
const TARGET: &str = "audit";

/// The audit of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Audit<'a> {
    /// The application; empty if there is none.
    client_id: &'a str,
    address: Option<&'a str>,
}

/// Writes a line. Its time and trace id are those of every line.
macro_rules! line {
    ($audit:expr, $event:literal, $text:literal $(, $name:ident = $value:expr)*) => {
        tracing::info!(
            target: TARGET,
            event = $event,
            client_id = $audit.client_id,
            address = $audit.address,
            $($name = $value,)*
            $text
        )
    };
}

impl<'a> Audit<'a> {
    /// An application and the browser of its user.
    pub(crate) fn of(client_id: &'a str, browser: &'a Browser) -> Self {
        Self {
            client_id,
            address: browser.device.ip.as_deref(),
        }
    }

    pub(crate) fn signed_in(self, user: &str) {
        // mutant: sign-in-not-audited
        line!(self, "s", "signed in", user = user);
    }

    /// Also if there is no such account.
    pub(crate) fn wrong_password(self) {
        // mutant: wrong-password-not-audited
        line!(self, "fp", "wrong email or password");
    }

    /// An attempt exceeds a limit; it is refused unless the limit only logs.
    pub(crate) fn limited(self, limit: ExceededLimit) {
        match limit {
            ExceededLimit::Account => {
                line!(self, "limit_wc", "too many wrong passwords of one account");
            }
            ExceededLimit::Address => {
                line!(self, "limit_mu", "too many attempts from one address");
            }
            ExceededLimit::SameUser => {
                line!(
                    self,
                    "limit_sul",
                    "too many attempts with one account in a short time"
                );
            }
        }
    }

    pub(crate) fn is_blocked(self, user: &str) {
        line!(self, "f", "the user is blocked", user = user);
    }

    pub(crate) fn signed_up(self, user: &str) {
        line!(self, "ss", "signed up", user = user);
    }

    /// `reason` is one of a few words.
    pub(crate) fn not_signed_up(self, reason: &str) {
        line!(self, "fs", "not signed up", reason = reason);
    }

    pub(crate) fn consented(self, user: &str) {
        line!(self, "consent", "consented", user = user);
    }

    pub(crate) fn consent_denied(self, user: &str) {
        line!(self, "consent_denied", "consent denied", user = user);
    }

    pub(crate) fn signed_out(self) {
        // mutant: sign-out-not-audited
        line!(self, "slo", "signed out");
    }

    /// The session may live on.
    pub(crate) fn sign_out_unconfirmed(self) {
        line!(self, "flo", "the sign-out could not be confirmed");
    }
}
