//! Pending transactions.

use doorward_proto::session::v1 as wire;
use doorward_proto::session::v1::transaction::Stage as WireStage;
use doorward_proto::{InvalidField, from_timestamp, required, to_timestamp};

use crate::domain::{AuthorizationRequest, Parameter, Progress, Stage, Transaction};

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
            ..Self::default()
        }
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
            WireStage::SignedIn(wire::SignedIn { sid }) => Self::SignedIn { sid },
            WireStage::Consenting(wire::Consenting {
                sid,
                scopes,
                user_id,
            }) => Self::Consenting {
                sid,
                scopes,
                user_id,
            },
            WireStage::Consented(wire::Consented { sid, user_id }) => {
                Self::Consented { sid, user_id }
            }
            WireStage::Confirming(wire::Confirming { user_id }) => Self::Confirming { user_id },
            WireStage::Confirmed(wire::Confirmed { user_id }) => Self::Confirmed { user_id },
            WireStage::Declined(wire::Declined { error_description }) => {
                Self::Declined { error_description }
            }
            WireStage::Answered(wire::Answered { sid }) => Self::Answered { sid },
        }
    }
}

impl From<Stage> for WireStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::SigningIn { identifier } => Self::SigningIn(wire::SigningIn { identifier }),
            Stage::SignedIn { sid } => Self::SignedIn(wire::SignedIn { sid }),
            Stage::Consenting {
                sid,
                scopes,
                user_id,
            } => Self::Consenting(wire::Consenting {
                sid,
                scopes,
                user_id,
            }),
            Stage::Consented { sid, user_id } => Self::Consented(wire::Consented { sid, user_id }),
            Stage::Confirming { user_id } => Self::Confirming(wire::Confirming { user_id }),
            Stage::Confirmed { user_id } => Self::Confirmed(wire::Confirmed { user_id }),
            Stage::Declined { error_description } => {
                Self::Declined(wire::Declined { error_description })
            }
            Stage::Answered { sid } => Self::Answered(wire::Answered { sid }),
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
                "signed_in.sid",
                WireStage::SignedIn(wire::SignedIn { sid: sid() }),
            ),
            (
                "consenting.sid",
                WireStage::Consenting(wire::Consenting {
                    sid: sid(),
                    ..wire::Consenting::default()
                }),
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
                "consented.sid",
                WireStage::Consented(wire::Consented {
                    sid: sid(),
                    ..wire::Consented::default()
                }),
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
                "declined.error_description",
                WireStage::Declined(wire::Declined {
                    error_description: sid(),
                }),
            ),
            (
                "answered.sid",
                WireStage::Answered(wire::Answered { sid: sid() }),
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
        ] {
            let refusal = new_transaction(message).unwrap_err();
            assert_eq!(refusal.field, format!("transaction.{field}"));
        }
    }
}
