//! Pending transactions.

use doorward_proto::session::v1 as wire;
use doorward_proto::session::v1::transaction::Stage as WireStage;
use doorward_proto::{InvalidField, from_timestamp, required, to_timestamp};

use crate::domain::{
    AuthorizationRequest, FinishedSignIn, OrganizationChoice, Parameter, Progress, Secret, Stage,
    SubmittedForm, Transaction,
};

/// A new transaction.
pub(crate) fn new_transaction(message: wire::Transaction) -> Result<Transaction, InvalidField> {
    let request = AuthorizationRequest::try_from(message.clone())?;
    let progress = Progress::try_from(message)?;
    let (from, to) = (request.created_at, request.latest_expiry());
    if !(from..=to).contains(&progress.expires_at) {
        let problem = "must lie within one hour after created_at";
        return Err(InvalidField::new("transaction.expires_at", problem));
    }
    Ok(Transaction {
        version: 1,
        request,
        progress,
    })
}

impl TryFrom<wire::Transaction> for AuthorizationRequest {
    type Error = InvalidField;

    fn try_from(message: wire::Transaction) -> Result<Self, InvalidField> {
        let request = Self {
            created_at: from_timestamp(message.created_at, "transaction.created_at")?,
            parameters: message
                .parameters
                .into_iter()
                .map(Parameter::from)
                .collect(),
        };
        request.validate()?;
        Ok(request)
    }
}

impl TryFrom<wire::Transaction> for Progress {
    type Error = InvalidField;

    fn try_from(message: wire::Transaction) -> Result<Self, InvalidField> {
        let progress = Self {
            expires_at: from_timestamp(message.expires_at, "transaction.expires_at")?,
            page_nonce: message.page_nonce,
            stage: required(message.stage, "transaction.stage")?.into(),
            sign_in: message.sign_in.map(TryInto::try_into).transpose()?,
            organization_choice: message.organization_choice.map(Into::into),
        };
        progress.validate()?;
        Ok(progress)
    }
}

impl From<AuthorizationRequest> for wire::Transaction {
    fn from(request: AuthorizationRequest) -> Self {
        Self {
            parameters: request.parameters.into_iter().map(Into::into).collect(),
            created_at: Some(to_timestamp(request.created_at)),
            ..Self::default()
        }
    }
}

impl From<Progress> for wire::Transaction {
    fn from(progress: Progress) -> Self {
        Self {
            expires_at: Some(to_timestamp(progress.expires_at)),
            page_nonce: progress.page_nonce,
            stage: Some(progress.stage.into()),
            sign_in: progress.sign_in.map(Into::into),
            organization_choice: progress.organization_choice.map(Into::into),
            ..Self::default()
        }
    }
}

impl TryFrom<wire::FinishedSignIn> for FinishedSignIn {
    type Error = InvalidField;

    fn try_from(message: wire::FinishedSignIn) -> Result<Self, InvalidField> {
        Ok(Self {
            user_id: message.user_id.into(),
            sid: message.sid,
            token_salt: Secret::require(message.token_salt, "transaction.sign_in.token_salt")?,
            opened: message.opened,
        })
    }
}

impl From<FinishedSignIn> for wire::FinishedSignIn {
    fn from(sign_in: FinishedSignIn) -> Self {
        Self {
            user_id: sign_in.user_id.as_str().to_owned(),
            sid: sign_in.sid,
            token_salt: sign_in.token_salt.as_str().to_owned(),
            opened: sign_in.opened,
        }
    }
}

impl From<wire::OrganizationChoice> for OrganizationChoice {
    fn from(choice: wire::OrganizationChoice) -> Self {
        Self {
            organization_id: choice.organization_id,
            user_id: choice.user_id,
            email: choice.email,
        }
    }
}

impl From<OrganizationChoice> for wire::OrganizationChoice {
    fn from(choice: OrganizationChoice) -> Self {
        Self {
            organization_id: choice.organization_id,
            user_id: choice.user_id,
            email: choice.email,
        }
    }
}

impl TryFrom<wire::SubmittedTransaction> for SubmittedForm {
    type Error = InvalidField;

    fn try_from(message: wire::SubmittedTransaction) -> Result<Self, InvalidField> {
        Ok(Self {
            id: Secret::require(message.transaction_id, "transaction.transaction_id")?,
            browser: Secret::require(message.browser_token, "transaction.browser_token")?,
            read: message.version,
            page_nonce: message.page_nonce,
        })
    }
}

impl From<Transaction> for wire::Transaction {
    fn from(transaction: Transaction) -> Self {
        let request = Self::from(transaction.request);
        Self {
            version: transaction.version,
            parameters: request.parameters,
            created_at: request.created_at,
            ..transaction.progress.into()
        }
    }
}

impl From<wire::Parameter> for Parameter {
    fn from(parameter: wire::Parameter) -> Self {
        Self {
            name: parameter.name,
            value: parameter.value,
        }
    }
}

impl From<Parameter> for wire::Parameter {
    fn from(parameter: Parameter) -> Self {
        Self {
            name: parameter.name,
            value: parameter.value,
        }
    }
}

impl From<WireStage> for Stage {
    fn from(stage: WireStage) -> Self {
        match stage {
            WireStage::SigningIn(wire::SigningIn { identifier }) => Self::SigningIn { identifier },
            WireStage::SignedIn(wire::SignedIn {}) => Self::SignedIn,
            WireStage::Consenting(wire::Consenting { scopes, user_id }) => {
                Self::Consenting { scopes, user_id }
            }
            WireStage::Consented(wire::Consented { user_id }) => Self::Consented { user_id },
            WireStage::Confirming(wire::Confirming { user_id }) => Self::Confirming { user_id },
            WireStage::Confirmed(wire::Confirmed { user_id }) => Self::Confirmed { user_id },
            WireStage::Declined(wire::Declined { error_description }) => {
                Self::Declined { error_description }
            }
            WireStage::NamingOrganization(wire::NamingOrganization { email }) => {
                Self::NamingOrganization { email }
            }
            WireStage::PickingOrganization(wire::PickingOrganization { user_id }) => {
                Self::PickingOrganization { user_id }
            }
            WireStage::OrganizationChosen(wire::OrganizationChosen {}) => Self::OrganizationChosen,
            WireStage::Inviting(wire::Inviting {}) => Self::Inviting,
            WireStage::Accepted(wire::Accepted { user_id }) => Self::Accepted { user_id },
            WireStage::Answered(wire::Answered {}) => Self::Answered,
        }
    }
}

impl From<Stage> for WireStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::SigningIn { identifier } => Self::SigningIn(wire::SigningIn { identifier }),
            Stage::SignedIn => Self::SignedIn(wire::SignedIn {}),
            Stage::Consenting { scopes, user_id } => {
                Self::Consenting(wire::Consenting { scopes, user_id })
            }
            Stage::Consented { user_id } => Self::Consented(wire::Consented { user_id }),
            Stage::Confirming { user_id } => Self::Confirming(wire::Confirming { user_id }),
            Stage::Confirmed { user_id } => Self::Confirmed(wire::Confirmed { user_id }),
            Stage::Declined { error_description } => {
                Self::Declined(wire::Declined { error_description })
            }
            Stage::NamingOrganization { email } => {
                Self::NamingOrganization(wire::NamingOrganization { email })
            }
            Stage::PickingOrganization { user_id } => {
                Self::PickingOrganization(wire::PickingOrganization { user_id })
            }
            Stage::OrganizationChosen => Self::OrganizationChosen(wire::OrganizationChosen {}),
            Stage::Inviting => Self::Inviting(wire::Inviting {}),
            Stage::Accepted { user_id } => Self::Accepted(wire::Accepted { user_id }),
            Stage::Answered => Self::Answered(wire::Answered {}),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn message() -> wire::Transaction {
        let at = |seconds| Some(to_timestamp(Timestamp::from_second(seconds).unwrap()));
        wire::Transaction {
            created_at: at(1_000),
            expires_at: at(1_000 + 3_600),
            stage: Some(WireStage::SigningIn(wire::SigningIn::default())),
            ..Default::default()
        }
    }

    fn sign_in() -> wire::FinishedSignIn {
        wire::FinishedSignIn {
            user_id: "auth0|alice".to_owned(),
            sid: "sid".to_owned(),
            token_salt: "t".repeat(32),
            opened: true,
        }
    }

    fn parameters(count: usize, value: &str) -> Vec<wire::Parameter> {
        let parameter = wire::Parameter {
            name: "n".to_owned(),
            value: value.to_owned(),
        };
        vec![parameter; count]
    }

    #[test]
    fn limits_are_just_reached() {
        let most = wire::Transaction {
            parameters: parameters(64, &"v".repeat(255)),
            ..message()
        };
        assert!(new_transaction(most).is_ok());
    }

    #[test]
    fn every_text_of_a_stage_has_a_limit() {
        let sid = || "s".repeat(1_025);
        for (field, stage) in [
            (
                "signing_in.identifier",
                WireStage::SigningIn(wire::SigningIn { identifier: sid() }),
            ),
            (
                "consenting.user_id",
                WireStage::Consenting(wire::Consenting {
                    user_id: sid(),
                    ..wire::Consenting::default()
                }),
            ),
            (
                "consenting.scopes",
                WireStage::Consenting(wire::Consenting {
                    scopes: vec![sid(); 17],
                    ..wire::Consenting::default()
                }),
            ),
            (
                "consented.user_id",
                WireStage::Consented(wire::Consented { user_id: sid() }),
            ),
            (
                "confirming.user_id",
                WireStage::Confirming(wire::Confirming { user_id: sid() }),
            ),
            (
                "confirmed.user_id",
                WireStage::Confirmed(wire::Confirmed { user_id: sid() }),
            ),
            (
                "naming_organization.email",
                WireStage::NamingOrganization(wire::NamingOrganization { email: sid() }),
            ),
            (
                "picking_organization.user_id",
                WireStage::PickingOrganization(wire::PickingOrganization { user_id: sid() }),
            ),
            (
                "accepted.user_id",
                WireStage::Accepted(wire::Accepted { user_id: sid() }),
            ),
            (
                "declined.error_description",
                WireStage::Declined(wire::Declined {
                    error_description: sid(),
                }),
            ),
        ] {
            let stage = Some(stage);
            let refusal = new_transaction(wire::Transaction { stage, ..message() }).unwrap_err();
            assert_eq!(refusal.field, format!("transaction.{field}"));
        }
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let late = Some(to_timestamp(Timestamp::from_second(1_000 + 3_601).unwrap()));
        let early = Some(to_timestamp(Timestamp::from_second(999).unwrap()));
        let end_of_time = Some(to_timestamp(Timestamp::MAX));
        for (field, message) in [
            (
                "parameters",
                wire::Transaction {
                    parameters: parameters(65, ""),
                    ..message()
                },
            ),
            (
                "parameters",
                wire::Transaction {
                    parameters: parameters(64, &"v".repeat(256)),
                    ..message()
                },
            ),
            (
                "expires_at",
                wire::Transaction {
                    expires_at: late,
                    ..message()
                },
            ),
            (
                "expires_at",
                wire::Transaction {
                    expires_at: early,
                    ..message()
                },
            ),
            (
                "expires_at",
                wire::Transaction {
                    created_at: end_of_time,
                    ..message()
                },
            ),
            (
                "created_at",
                wire::Transaction {
                    created_at: None,
                    ..message()
                },
            ),
            (
                "stage",
                wire::Transaction {
                    stage: None,
                    ..message()
                },
            ),
            (
                "page_nonce",
                wire::Transaction {
                    page_nonce: "p".repeat(1_025),
                    ..message()
                },
            ),
            (
                "sign_in.user_id",
                wire::Transaction {
                    sign_in: Some(wire::FinishedSignIn {
                        user_id: "u".repeat(1_025),
                        ..sign_in()
                    }),
                    ..message()
                },
            ),
            (
                "sign_in.sid",
                wire::Transaction {
                    sign_in: Some(wire::FinishedSignIn {
                        sid: "s".repeat(1_025),
                        ..sign_in()
                    }),
                    ..message()
                },
            ),
            (
                "sign_in.token_salt",
                wire::Transaction {
                    sign_in: Some(wire::FinishedSignIn {
                        token_salt: "guessable".to_owned(),
                        ..sign_in()
                    }),
                    ..message()
                },
            ),
        ] {
            let refusal = new_transaction(message).unwrap_err();
            assert_eq!(refusal.field, format!("transaction.{field}"));
        }
    }

    #[test]
    fn every_text_of_a_choice_has_a_limit() {
        let long = || "s".repeat(1_025);
        let choice = wire::OrganizationChoice::default;
        for (field, choice) in [
            (
                "organization_id",
                wire::OrganizationChoice {
                    organization_id: long(),
                    ..choice()
                },
            ),
            (
                "user_id",
                wire::OrganizationChoice {
                    user_id: long(),
                    ..choice()
                },
            ),
            (
                "email",
                wire::OrganizationChoice {
                    email: long(),
                    ..choice()
                },
            ),
        ] {
            let refusal = new_transaction(wire::Transaction {
                organization_choice: Some(choice),
                ..message()
            });
            let expected = format!("transaction.organization_choice.{field}");
            assert_eq!(refusal.unwrap_err().field, expected);
        }
    }
}
