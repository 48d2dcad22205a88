//! Errors on the wire: conversion to and from a [`Status`].

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::InvalidField;
use crate::errors::v1::ErrorReason;

const DOMAIN: &str = "doorward";
const REASON_PREFIX: &str = "ERROR_REASON_";

/// An error that the caller handles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The reason, for programs.
    pub reason: ErrorReason,
    /// The reason, for people; never contains a secret.
    pub message: String,
}

impl Refusal {
    /// An error with its reason and its message.
    pub fn new(reason: ErrorReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let name = refusal.reason.as_str_name();
        let mut details = ErrorDetails::new();
        details.set_error_info(
            name.strip_prefix(REASON_PREFIX).unwrap_or(name),
            DOMAIN,
            [] as [(String, String); 0],
        );
        Status::with_error_details(code_of(refusal.reason), refusal.message, details)
    }
}

impl From<InvalidField> for Status {
    fn from(invalid: InvalidField) -> Self {
        Refusal::new(ErrorReason::InvalidField, invalid.to_string()).into()
    }
}

/// The reason in a status; `None` if the status is not Doorward's.
#[must_use]
pub fn reason_of(status: &Status) -> Option<ErrorReason> {
    let info = status.get_details_error_info()?;
    if info.domain != DOMAIN {
        return None;
    }
    ErrorReason::from_str_name(&format!("{REASON_PREFIX}{}", info.reason))
}

fn code_of(reason: ErrorReason) -> Code {
    match reason {
        ErrorReason::Unspecified => Code::Internal,
        ErrorReason::InvalidField => Code::InvalidArgument,
        ErrorReason::StoreUnavailable => Code::Unavailable,
        ErrorReason::Overloaded
        | ErrorReason::StoreFull
        | ErrorReason::TooManyTransactions
        | ErrorReason::TooManyInvitations => Code::ResourceExhausted,
        ErrorReason::WrongCredentials => Code::Unauthenticated,
        ErrorReason::UserAlreadyExists | ErrorReason::NameTaken => Code::AlreadyExists,
        ErrorReason::UserNotFound
        | ErrorReason::OrganizationNotFound
        | ErrorReason::MemberNotFound
        | ErrorReason::InvitationNotFound
        | ErrorReason::KeyNotFound => Code::NotFound,
        ErrorReason::PasswordTooWeak
        | ErrorReason::PasswordTooCommon
        | ErrorReason::ConnectionNotEnabled
        | ErrorReason::OrganizationFull
        | ErrorReason::InviteeMismatch
        | ErrorReason::KeyInUse
        | ErrorReason::RotationTooEarly => Code::FailedPrecondition,
        ErrorReason::Conflict => Code::Aborted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_survives_the_wire() {
        let status: Status =
            Refusal::new(ErrorReason::WrongCredentials, "wrong email or password").into();
        assert_eq!(status.code(), Code::Unauthenticated);
        assert_eq!(reason_of(&status), Some(ErrorReason::WrongCredentials));
    }

    #[test]
    fn a_foreign_status_has_no_reason() {
        assert_eq!(reason_of(&Status::unavailable("connection refused")), None);
    }
}
