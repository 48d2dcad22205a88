//! Errors of this service, and their gRPC status.

use std::fmt::Display;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::{InvalidField, Refusal};
use doorward_service_kit::StoreError;
use tonic::Status;

use crate::domain::Entity;

/// A call that was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks its rule.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// Another object has that id.
    #[error("{object}: the id {id} is already taken")]
    IdTaken {
        /// The object that cannot have it.
        object: String,
        /// The id.
        id: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    pub(crate) fn id_taken(entity: &Entity, id: &impl Display) -> Self {
        Self::IdTaken {
            object: entity.as_str().to_owned(),
            id: id.to_string(),
        }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(invalid) => invalid.into(),
            Error::IdTaken { .. } => Refusal::new(ErrorReason::NameTaken, message).into(),
            Error::Store(error) => error.into(),
        }
    }
}
