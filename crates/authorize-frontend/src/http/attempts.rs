//! Limits of passwords that are tried, and of sign-ups. `session` counts them for all replicas.

use super::sign_in::SignInPage;
use crate::backends::{BackendError, LoginAttempt, LoginOutcome, PasswordVerdict};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::metrics::{LOGINS, SIGNUPS, count};
use crate::model::{AddressLimit, Admission, ExceededLimit};
use crate::views::FormError;

/// An attempt is refused.
pub(super) struct Limited {
    pub(super) error: FormError,
    pub(super) retry_after_seconds: u32,
}

/// Stands for an identifier that was not typed: no account has it.
const NO_IDENTIFIER: &str = "-";

/// An attempt to sign in that was admitted, and has to be settled. `None`: it has no limits.
pub(super) struct AdmittedLogin(Option<LoginAttempt>);

impl AdmittedLogin {
    /// Reserves an attempt, before the password is checked. Known and unknown accounts are treated the same.
    pub(super) async fn admit(
        sign_in: &SignInPage,
        identifier: &str,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Result<Self, Limited>, BackendError> {
        let protection = &sign_in.hosted.bound.tenant().attack_protection;
        let address = browser.device.ip.as_deref();
        let identifier = Some(identifier.trim()).filter(|text| !text.is_empty());
        let attempt = LoginAttempt {
            identifier: identifier.unwrap_or(NO_IDENTIFIER).to_owned(),
            client_address: browser.device.ip.clone(),
            device_token: browser.device_token.clone(),
            account: protection.account(address),
            address: protection.logins(address),
        };
        // mutant: passwords-tried-without-limits
        if attempt.account.is_none() && attempt.address.is_none() {
            return Ok(Ok(Self(None)));
        }
        let admission = deps.backends.sessions.admit_login(&attempt).await?;
        let (exceeded, wait) = parts(admission);
        if let Some(exceeded) = exceeded {
            sign_in.audit(browser).limited(exceeded);
        }
        Ok(match (exceeded, wait) {
            (Some(exceeded), Some(retry_after_seconds)) => {
                count(LOGINS, exceeded.outcome());
                let error = match exceeded {
                    ExceededLimit::Account => FormError::UserBlocked,
                    ExceededLimit::Address => FormError::IpBlocked,
                    ExceededLimit::SameUser => FormError::SameUserLogin,
                };
                Err(Limited {
                    error,
                    retry_after_seconds,
                })
            }
            _ => Ok(Self(Some(attempt))),
        })
    }

    /// Counts what was found out. A wrong password that cannot be counted is not reported: the caller learns nothing.
    /// A right one stays right.
    pub(super) async fn settle(
        self,
        verdict: &Result<PasswordVerdict, BackendError>,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<(), BackendError> {
        let Some(attempt) = self.0 else {
            return Ok(());
        };
        let outcome = match verdict {
            Ok(PasswordVerdict::Right(_)) => LoginOutcome::Right {
                device_token: browser.own_device_token(),
            },
            Ok(PasswordVerdict::Wrong) => LoginOutcome::Wrong,
            Err(_cannot_tell) => LoginOutcome::Unknown,
        };
        let is_wrong = outcome == LoginOutcome::Wrong;
        match deps.backends.sessions.settle_login(&attempt, outcome).await {
            Err(error) if is_wrong => Err(error),
            _ => Ok(()),
        }
    }
}

/// A sign-up that was admitted.
pub(super) struct AdmittedSignUp(Option<(String, AddressLimit)>);

impl AdmittedSignUp {
    /// Counts a sign-up, before the account is created.
    pub(super) async fn admit(
        sign_in: &SignInPage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Result<Self, Limited>, BackendError> {
        let protection = &sign_in.hosted.bound.tenant().attack_protection;
        let address = browser.device.ip.clone();
        let limit = protection.sign_ups(address.as_deref());
        let (Some(address), Some(limit)) = (address, limit) else {
            return Ok(Ok(Self(None)));
        };
        let admission = deps
            .backends
            .sessions
            .admit_sign_up(&address, limit)
            .await?;
        let (exceeded, wait) = parts(admission);
        if let Some(exceeded) = exceeded {
            sign_in.audit(browser).limited(exceeded);
        }
        Ok(match (exceeded, wait) {
            (Some(exceeded), Some(retry_after_seconds)) => {
                count(SIGNUPS, exceeded.outcome());
                Err(Limited {
                    error: FormError::IpSignupBlocked,
                    retry_after_seconds,
                })
            }
            _ => Ok(Self(Some((address, limit)))),
        })
    }

    /// Takes it back, because its outcome is unknown.
    pub(super) async fn take_back(self, deps: &Deps) {
        if let Some((address, limit)) = self.0 {
            // In an outage it may fail, too: then one sign-up counts for nothing.
            let _lost = deps.backends.sessions.return_sign_up(&address, limit).await;
        }
    }
}

/// The exceeded limit, and the seconds to wait if it blocks.
fn parts(admission: Admission) -> (Option<ExceededLimit>, Option<u32>) {
    match admission {
        Admission::Admitted { exceeded } => (exceeded, None),
        Admission::Refused {
            exceeded,
            retry_after_seconds,
        } => (Some(exceeded), Some(retry_after_seconds)),
    }
}
