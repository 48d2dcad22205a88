//! Attempts to sign in and to sign up, which `session` counts.

use doorward_proto::session::v1 as wire;

use super::Sessions;
use crate::backends::BackendError;
use crate::model::{AccountLimit, AddressLimit, Admission, ExceededLimit};

/// An attempt to sign in, with the limits that it is subject to.
#[derive(Debug, Clone)]
pub(crate) struct LoginAttempt {
    pub(crate) identifier: String,
    pub(crate) client_address: Option<String>,
    /// Value by which the browser is known that has signed in before.
    pub(crate) device_token: Option<String>,
    pub(crate) account: Option<AccountLimit>,
    pub(crate) address: Option<AddressLimit>,
}

/// Outcome of an admitted attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LoginOutcome {
    /// The password was right; the browser is known by this value from now on.
    Right {
        /// The value.
        device_token: Option<String>,
    },
    /// The identifier or the password was wrong.
    Wrong,
    /// Not known: counts for nothing.
    Unknown,
}

impl Sessions {
    /// Reserves an attempt, before the password is checked.
    pub(crate) async fn admit_login(
        &self,
        attempt: &LoginAttempt,
    ) -> Result<Admission, BackendError> {
        let request = wire::AdmitLoginRequest {
            attempt: Some(attempt.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.admit_login(request).await
            })
            .await;
        let answer = self.calls.answer(result)?;
        let exceeded = exceeded(answer.exceeded());
        self.admission(answer.admitted, exceeded, answer.retry_after_seconds)
    }

    /// Settles an admitted attempt.
    pub(crate) async fn settle_login(
        &self,
        attempt: &LoginAttempt,
        outcome: LoginOutcome,
    ) -> Result<(), BackendError> {
        let (outcome, new_device_token) = match outcome {
            LoginOutcome::Right { device_token } => (wire::LoginOutcome::Right, device_token),
            LoginOutcome::Wrong => (wire::LoginOutcome::Wrong, None),
            LoginOutcome::Unknown => (wire::LoginOutcome::Unspecified, None),
        };
        let request = wire::SettleLoginRequest {
            attempt: Some(attempt.into()),
            outcome: outcome.into(),
            new_device_token: new_device_token.unwrap_or_default(),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.settle_login(request).await
            })
            .await;
        self.calls.answer(result)?;
        Ok(())
    }

    /// Counts a sign-up of an address.
    pub(crate) async fn admit_sign_up(
        &self,
        client_address: &str,
        limit: AddressLimit,
    ) -> Result<Admission, BackendError> {
        let request = wire::AdmitSignUpRequest {
            client_address: client_address.to_owned(),
            address: Some(limit.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.admit_sign_up(request).await
            })
            .await;
        let answer = self.calls.answer(result)?;
        let exceeded = exceeded(answer.exceeded());
        self.admission(answer.admitted, exceeded, answer.retry_after_seconds)
    }

    /// Takes a sign-up back whose outcome is unknown.
    pub(crate) async fn return_sign_up(
        &self,
        client_address: &str,
        limit: AddressLimit,
    ) -> Result<(), BackendError> {
        let request = wire::ReturnSignUpRequest {
            client_address: client_address.to_owned(),
            address: Some(limit.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.return_sign_up(request).await
            })
            .await;
        self.calls.answer(result)?;
        Ok(())
    }

    fn admission(
        &self,
        admitted: bool,
        exceeded: Option<ExceededLimit>,
        retry_after_seconds: u32,
    ) -> Result<Admission, BackendError> {
        if admitted {
            return Ok(Admission::Admitted { exceeded });
        }
        Ok(Admission::Refused {
            exceeded: self.calls.required(exceeded, "exceeded")?,
            retry_after_seconds,
        })
    }
}

fn exceeded(limit: wire::ExceededLimit) -> Option<ExceededLimit> {
    match limit {
        wire::ExceededLimit::Unspecified => None,
        wire::ExceededLimit::Account => Some(ExceededLimit::Account),
        wire::ExceededLimit::Address => Some(ExceededLimit::Address),
        wire::ExceededLimit::SameUser => Some(ExceededLimit::SameUser),
    }
}

impl From<&LoginAttempt> for wire::LoginAttempt {
    fn from(attempt: &LoginAttempt) -> Self {
        Self {
            identifier: attempt.identifier.clone(),
            client_address: attempt.client_address.clone().unwrap_or_default(),
            device_token: attempt.device_token.clone().unwrap_or_default(),
            account: attempt.account.map(Into::into),
            address: attempt.address.map(Into::into),
        }
    }
}

impl From<AccountLimit> for wire::AccountLimit {
    fn from(limit: AccountLimit) -> Self {
        Self {
            max_attempts: limit.max_attempts,
            per_identifier: limit.per_identifier,
            blocks: limit.blocks,
        }
    }
}

impl From<AddressLimit> for wire::AddressLimit {
    fn from(limit: AddressLimit) -> Self {
        Self {
            max_attempts: limit.max_attempts,
            rate_ms: limit.rate_ms,
            blocks: limit.blocks,
        }
    }
}
