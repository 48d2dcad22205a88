//! Pending authorization requests.

use std::time::Duration;

use doorward_proto::InvalidField;
use jiff::Timestamp;

use super::{ClientAddress, Secret, UserId, after};

/// An authorization request must be completed within this time.
const MAX_LIFE: Duration = Duration::from_hours(1);
/// Until something is submitted, a request is kept for this time: anybody can send one.
pub const UNTOUCHED_LIFE: Duration = Duration::from_mins(15);
/// After the answer, the same submit is still known for this time.
const REPEAT_LIFE: Duration = Duration::from_mins(2);
/// After it began, the application of a transaction is still known for this time.
const CLIENT_LIFE: Duration = Duration::from_hours(24);
const MAX_PARAMETERS: usize = 64;
const MAX_PARAMETER_BYTES: usize = 16 * 1024;
const MAX_TEXT_BYTES: usize = 1024;

/// A pending authorization request, and its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Rises with every update.
    pub version: u64,
    /// Stays as it came.
    pub request: AuthorizationRequest,
    /// Changes with every update.
    pub progress: Progress,
}

/// A transaction to add, and its browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTransaction {
    /// Id of the transaction.
    pub id: Secret,
    /// The browser that it belongs to.
    pub browser: Secret,
    /// Whether `browser` was made for this request, so that nothing else belongs to it.
    pub is_new_browser: bool,
    /// Where the request came from; `None`: unknown.
    pub address: Option<ClientAddress>,
    /// The transaction.
    pub transaction: Transaction,
    /// Its application.
    pub client: TransactionClient,
}

/// The authorization request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The parameters, as they came.
    pub parameters: Vec<Parameter>,
    /// When the request came.
    pub created_at: Timestamp,
}

/// One parameter of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// For example `scope`.
    pub name: String,
    /// Decoded.
    pub value: String,
}

/// Progress of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Expiry. Earlier while the transaction is untouched.
    pub expires_at: Timestamp,
    /// Nonce of the page that may be submitted now.
    pub page_nonce: String,
    /// Stage of the request.
    pub stage: Stage,
    /// The sign-in of this request. `None` before it, and after starting again.
    pub sign_in: Option<FinishedSignIn>,
    /// The organization that the user has chosen. `None`: none yet.
    pub organization_choice: Option<OrganizationChoice>,
}

/// The choice of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationChoice {
    /// The organization. Empty: the user's personal account.
    pub organization_id: String,
    /// User that has chosen. Empty: chosen before the sign-in.
    pub user_id: String,
    /// Email by which the organization was found. Empty: none.
    pub email: String,
}

/// A finished sign-in of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedSignIn {
    /// User that has signed in.
    pub user_id: UserId,
    /// The session that was opened, or went on.
    pub sid: String,
    /// Gives the token of the session again, together with the browser's cookie.
    pub token_salt: Secret,
    /// False between updating the transaction and opening the session.
    pub opened: bool,
}

/// A transaction whose form was sent with a right credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmittedForm {
    /// Which transaction.
    pub id: Secret,
    /// Token of the browser that has sent the form.
    pub browser: Secret,
    /// Version of the transaction as it was read.
    pub read: u64,
    /// Nonce of the next page.
    pub page_nonce: String,
}

/// The stages of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The user is signing in.
    SigningIn {
        /// Email as the user typed it. Empty before the first form.
        identifier: String,
    },
    /// The user has signed in.
    SignedIn,
    /// The user is asked for consent.
    Consenting {
        /// Scopes on the page.
        scopes: Vec<String>,
        /// User that is asked.
        user_id: String,
    },
    /// The user has agreed.
    Consented {
        /// User that has agreed.
        user_id: String,
    },
    /// The user is asked whether the application on this device is the right one.
    Confirming {
        /// User that is asked.
        user_id: String,
    },
    /// The user has confirmed.
    Confirmed {
        /// User that has confirmed.
        user_id: String,
    },
    /// The user is asked for the organization, before the sign-in.
    NamingOrganization {
        /// Email whose organizations are shown. Empty before the first form.
        email: String,
    },
    /// The user is asked for one of their organizations, after the sign-in.
    PickingOrganization {
        /// User that is asked.
        user_id: String,
    },
    /// The user has chosen.
    OrganizationChosen,
    /// The user has declined.
    Declined {
        /// Error description for the application.
        error_description: String,
    },
    /// The user is shown an invitation.
    Inviting,
    /// The user has accepted the invitation by the session that the browser had.
    Accepted {
        /// User that has accepted.
        user_id: String,
    },
    /// The answer was sent, or leaves now.
    Answered,
}

/// The application of a transaction. Kept for longer than the transaction, so that a user who returns too late can be
/// sent there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionClient {
    /// The application.
    pub client_id: String,
    /// Expiry.
    pub expires_at: Timestamp,
}

impl Transaction {
    /// When a transaction that is stored now ends if it is not updated. By the clock of this service, because clocks of
    /// callers may differ by minutes.
    #[must_use]
    pub fn ends_at(&self, now: Timestamp) -> Timestamp {
        if self.progress.stage.is_untouched() {
            self.progress.expires_at.min(after(now, UNTOUCHED_LIFE))
        } else {
            self.progress.expires_at
        }
    }
}

impl AuthorizationRequest {
    /// Refuses more than a request may hold.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let invalid = |problem: &str| Err(InvalidField::new("transaction.parameters", problem));
        if self.parameters.len() > MAX_PARAMETERS {
            return invalid("must be 64 or fewer");
        }
        let bytes: usize = self
            .parameters
            .iter()
            .map(|p| p.name.len() + p.value.len())
            .sum();
        if bytes > MAX_PARAMETER_BYTES {
            return invalid("must have 16 KiB or less in all");
        }
        Ok(())
    }

    /// The latest end that a transaction of this request may have.
    #[must_use]
    pub fn latest_expiry(&self) -> Timestamp {
        after(self.created_at, MAX_LIFE)
    }

    /// The application of this request, known for a day after it came.
    #[must_use]
    pub fn client(&self, client_id: String, now: Timestamp) -> TransactionClient {
        TransactionClient {
            client_id,
            expires_at: after(self.created_at.min(now), CLIENT_LIFE),
        }
    }
}

impl Stage {
    /// Whether no form was submitted yet.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        match self {
            Self::SigningIn { identifier: typed } | Self::NamingOrganization { email: typed } => {
                typed.is_empty()
            }
            Self::Inviting => true,
            _ => false,
        }
    }

    /// The texts that it holds, and the fields that they come from.
    fn texts(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::SigningIn { identifier } => {
                vec![("transaction.signing_in.identifier", identifier)]
            }
            Self::Consenting { user_id, .. } => vec![("transaction.consenting.user_id", user_id)],
            Self::Consented { user_id } => vec![("transaction.consented.user_id", user_id)],
            Self::Confirming { user_id } => vec![("transaction.confirming.user_id", user_id)],
            Self::Confirmed { user_id } => vec![("transaction.confirmed.user_id", user_id)],
            Self::Accepted { user_id } => vec![("transaction.accepted.user_id", user_id)],
            Self::Declined { error_description } => {
                vec![("transaction.declined.error_description", error_description)]
            }
            Self::NamingOrganization { email } => {
                vec![("transaction.naming_organization.email", email)]
            }
            Self::PickingOrganization { user_id } => {
                vec![("transaction.picking_organization.user_id", user_id)]
            }
            Self::SignedIn | Self::OrganizationChosen | Self::Inviting | Self::Answered => {
                Vec::new()
            }
        }
    }
}

impl FinishedSignIn {
    fn texts(&self) -> [(&'static str, &str); 2] {
        [
            ("transaction.sign_in.user_id", self.user_id.as_str()),
            ("transaction.sign_in.sid", &self.sid),
        ]
    }
}

impl OrganizationChoice {
    fn texts(&self) -> [(&'static str, &str); 3] {
        [
            (
                "transaction.organization_choice.organization_id",
                &self.organization_id,
            ),
            ("transaction.organization_choice.user_id", &self.user_id),
            ("transaction.organization_choice.email", &self.email),
        ]
    }
}

impl Progress {
    /// Refuses texts that are too long.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let page_nonce = ("transaction.page_nonce", self.page_nonce.as_str());
        let sign_in = self.sign_in.iter().flat_map(FinishedSignIn::texts);
        let choice = self.organization_choice.iter();
        let choice = choice.flat_map(OrganizationChoice::texts);
        let texts = self.stage.texts().into_iter().chain(sign_in).chain(choice);
        for (field, text) in texts.chain([page_nonce]) {
            if text.len() > MAX_TEXT_BYTES {
                return Err(InvalidField::new(field, "must have 1 KiB or less"));
            }
        }
        let scopes = match &self.stage {
            Stage::Consenting { scopes, .. } => scopes.as_slice(),
            _ => &[],
        };
        // No more can be asked for than the parameters of the request have room for.
        if scopes.iter().map(String::len).sum::<usize>() > MAX_PARAMETER_BYTES {
            let field = "transaction.consenting.scopes";
            return Err(InvalidField::new(field, "must have 16 KiB or less in all"));
        }
        Ok(())
    }

    /// Ends an hour from now at the latest; once answered or declined, two minutes from now.
    #[must_use]
    pub fn bounded(self, now: Timestamp) -> Self {
        let life = match self.stage {
            Stage::Answered | Stage::Declined { .. } => REPEAT_LIFE,
            _ => MAX_LIFE,
        };
        Self {
            expires_at: self.expires_at.min(after(now, life)),
            ..self
        }
    }
}
