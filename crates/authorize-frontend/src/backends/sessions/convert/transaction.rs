//! Transactions and their stages.

use doorward_proto::session::v1 as wire;
use doorward_proto::session::v1::transaction::Stage as WireStage;
use doorward_proto::{InvalidField, from_timestamp, to_timestamp};
use doorward_service_kit::SealError;

use crate::backends::convert::non_empty;
use crate::backends::sessions::sealed;
use crate::model::{
    FinishedSignIn, NewTransaction, OrganizationChoice, Stage, SubmittedTransaction, Transaction,
};

impl TryFrom<wire::Transaction> for Transaction {
    type Error = InvalidField;

    fn try_from(transaction: wire::Transaction) -> Result<Self, InvalidField> {
        let parameters = transaction.parameters.into_iter();
        Ok(Self {
            id: transaction.transaction_id,
            version: transaction.version,
            parameters: parameters.map(|it| (it.name, it.value)).collect(),
            created_at: from_timestamp(transaction.created_at, "transaction.created_at")?,
            expires_at: from_timestamp(transaction.expires_at, "transaction.expires_at")?,
            page_nonce: transaction.page_nonce,
            // A newer version wrote a stage that this one does not know: the sign-in begins again.
            stage: transaction
                .stage
                .map_or(Stage::SigningIn { identifier: None }, Stage::from),
            sign_in: transaction.sign_in.map(FinishedSignIn::from),
            organization_choice: transaction.organization_choice.map(Into::into),
        })
    }
}

impl From<Transaction> for wire::Transaction {
    fn from(transaction: Transaction) -> Self {
        let parameters = transaction.parameters.into_iter();
        Self {
            transaction_id: transaction.id,
            version: transaction.version,
            parameters: parameters
                .map(|(name, value)| wire::Parameter { name, value })
                .collect(),
            created_at: Some(to_timestamp(transaction.created_at)),
            expires_at: Some(to_timestamp(transaction.expires_at)),
            page_nonce: transaction.page_nonce,
            stage: Some(transaction.stage.into()),
            sign_in: transaction.sign_in.map(wire::FinishedSignIn::from),
            organization_choice: transaction.organization_choice.map(Into::into),
        }
    }
}

impl From<WireStage> for Stage {
    fn from(stage: WireStage) -> Self {
        match stage {
            WireStage::SigningIn(wire::SigningIn { identifier }) => Self::SigningIn {
                identifier: non_empty(identifier),
            },
            WireStage::SignedIn(_) => Self::SignedIn,
            WireStage::Answered(_) => Self::Answered,
            WireStage::Consenting(wire::Consenting { scopes, user_id }) => {
                Self::Consenting { user_id, scopes }
            }
            WireStage::Consented(wire::Consented { user_id }) => Self::Consented { user_id },
            WireStage::Confirming(wire::Confirming { user_id }) => Self::Confirming { user_id },
            WireStage::Confirmed(wire::Confirmed { user_id }) => Self::Confirmed { user_id },
            WireStage::NamingOrganization(wire::NamingOrganization { email }) => {
                Self::NamingOrganization {
                    email: non_empty(email),
                }
            }
            WireStage::PickingOrganization(wire::PickingOrganization { user_id }) => {
                Self::PickingOrganization { user_id }
            }
            WireStage::OrganizationChosen(_) => Self::OrganizationChosen,
            WireStage::Inviting(wire::Inviting {}) => Self::Inviting,
            WireStage::Accepted(wire::Accepted { user_id }) => Self::Accepted { user_id },
            WireStage::Declined(wire::Declined { error_description }) => {
                Self::Declined { error_description }
            }
        }
    }
}

impl From<Stage> for WireStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::SigningIn { identifier } => Self::SigningIn(wire::SigningIn {
                identifier: identifier.unwrap_or_default(),
            }),
            Stage::SignedIn => Self::SignedIn(wire::SignedIn {}),
            Stage::Answered => Self::Answered(wire::Answered {}),
            Stage::Consenting { user_id, scopes } => {
                Self::Consenting(wire::Consenting { scopes, user_id })
            }
            Stage::Consented { user_id } => Self::Consented(wire::Consented { user_id }),
            Stage::Confirming { user_id } => Self::Confirming(wire::Confirming { user_id }),
            Stage::Confirmed { user_id } => Self::Confirmed(wire::Confirmed { user_id }),
            Stage::NamingOrganization { email } => {
                Self::NamingOrganization(wire::NamingOrganization {
                    email: email.unwrap_or_default(),
                })
            }
            Stage::PickingOrganization { user_id } => {
                Self::PickingOrganization(wire::PickingOrganization { user_id })
            }
            Stage::OrganizationChosen => Self::OrganizationChosen(wire::OrganizationChosen {}),
            Stage::Inviting => Self::Inviting(wire::Inviting {}),
            Stage::Accepted { user_id } => Self::Accepted(wire::Accepted { user_id }),
            Stage::Declined { error_description } => {
                Self::Declined(wire::Declined { error_description })
            }
        }
    }
}

impl From<wire::OrganizationChoice> for OrganizationChoice {
    fn from(choice: wire::OrganizationChoice) -> Self {
        Self {
            organization_id: non_empty(choice.organization_id),
            user_id: non_empty(choice.user_id),
            email: non_empty(choice.email),
        }
    }
}

impl From<OrganizationChoice> for wire::OrganizationChoice {
    fn from(choice: OrganizationChoice) -> Self {
        Self {
            organization_id: choice.organization_id.unwrap_or_default(),
            user_id: choice.user_id.unwrap_or_default(),
            email: choice.email.unwrap_or_default(),
        }
    }
}

impl From<wire::FinishedSignIn> for FinishedSignIn {
    fn from(sign_in: wire::FinishedSignIn) -> Self {
        Self {
            user_id: sign_in.user_id,
            sid: sign_in.sid,
            token_salt: sign_in.token_salt,
            opened: sign_in.opened,
        }
    }
}

impl From<FinishedSignIn> for wire::FinishedSignIn {
    fn from(sign_in: FinishedSignIn) -> Self {
        Self {
            user_id: sign_in.user_id,
            sid: sign_in.sid,
            token_salt: sign_in.token_salt,
            opened: sign_in.opened,
        }
    }
}

impl TryFrom<NewTransaction> for wire::AddTransactionRequest {
    type Error = SealError;

    fn try_from(new: NewTransaction) -> Result<Self, SealError> {
        Ok(Self {
            transaction: Some(sealed::seal(new.transaction.into())?),
            browser_token: new.browser_token,
            client_id: new.client_id,
            client_address: new.client_address.unwrap_or_default(),
            is_new_browser: new.is_new_browser,
        })
    }
}

impl From<SubmittedTransaction> for wire::SubmittedTransaction {
    fn from(submitted: SubmittedTransaction) -> Self {
        Self {
            transaction_id: submitted.transaction_id,
            browser_token: submitted.browser_token.unwrap_or_default(),
            version: submitted.version,
            page_nonce: submitted.page_nonce,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every stage is kept and read back as it was.
    #[test]
    fn stages_survive_their_message() {
        let user_id = || "auth0|alice".to_owned();
        for stage in [
            Stage::SigningIn { identifier: None },
            Stage::SigningIn {
                identifier: Some("alice@example.com".to_owned()),
            },
            Stage::SignedIn,
            Stage::Answered,
            Stage::Consenting {
                user_id: user_id(),
                scopes: vec!["openid".to_owned()],
            },
            Stage::Consented { user_id: user_id() },
            Stage::Confirming { user_id: user_id() },
            Stage::Confirmed { user_id: user_id() },
            Stage::NamingOrganization { email: None },
            Stage::NamingOrganization {
                email: Some("alice@example.com".to_owned()),
            },
            Stage::PickingOrganization { user_id: user_id() },
            Stage::OrganizationChosen,
            Stage::Inviting,
            Stage::Accepted { user_id: user_id() },
            Stage::Declined {
                error_description: "no".to_owned(),
            },
        ] {
            let message = WireStage::from(stage.clone());
            assert_eq!(Stage::from(message), stage);
        }
    }

    #[test]
    fn an_unknown_stage_begins_again() {
        let at = Some(prost_types::Timestamp::default());
        let message = wire::Transaction {
            created_at: at,
            expires_at: at,
            ..wire::Transaction::default()
        };
        let transaction = Transaction::try_from(message).unwrap();
        assert_eq!(transaction.stage, Stage::SigningIn { identifier: None });
    }
}
