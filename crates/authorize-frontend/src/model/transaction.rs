//! Pending authorization requests, as `session` keeps them between two pages. They hold secrets, so none has `Debug`.

use jiff::Timestamp;

/// A pending authorization request: its parameters, and how far its user has come.
#[derive(Clone)]
pub(crate) struct Transaction {
    pub(crate) id: String,
    /// Rises with every update.
    pub(crate) version: u64,
    /// Names and values of the authorization request, as they came.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// Belongs to the page that may be submitted now; changes from page to page.
    pub(crate) page_nonce: String,
    pub(crate) stage: Stage,
    /// The sign-in that it has led to. `None`: none yet, or it has begun again.
    pub(crate) sign_in: Option<FinishedSignIn>,
    /// The organization that the user has chosen. `None`: none yet.
    pub(crate) organization_choice: Option<OrganizationChoice>,
}

/// The choice of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganizationChoice {
    /// `None`: the user's personal account.
    pub(crate) organization_id: Option<String>,
    /// Who has chosen; the choice of another user does not count. `None`: chosen before the sign-in.
    pub(crate) user_id: Option<String>,
    /// The email by which the organization was found.
    pub(crate) email: Option<String>,
}

/// How far a transaction has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The user is signing in.
    SigningIn {
        /// The email that the user has entered.
        identifier: Option<String>,
    },
    /// The user has signed in.
    SignedIn,
    /// The answer was sent, or is being sent. There is no second one.
    Answered,
    /// The user is asked for consent.
    Consenting {
        /// The user who is asked; the answer of another user does not count.
        user_id: String,
        /// The scopes that the page shows, so that nothing else is agreed to.
        scopes: Vec<String>,
    },
    /// This user has agreed.
    Consented { user_id: String },
    /// This user is asked whether the application on their device is the right one. No other page was shown.
    Confirming { user_id: String },
    /// This user has confirmed that it is.
    Confirmed { user_id: String },
    /// The user is asked for the organization, before the sign-in.
    NamingOrganization {
        /// The email whose organizations are shown to choose from; `None`: the user types a name or an email.
        email: Option<String>,
    },
    /// The user is asked for one of their organizations, after the sign-in; the choice of another user does not count.
    PickingOrganization { user_id: String },
    /// The user has chosen: [`OrganizationChoice`].
    OrganizationChosen,
    /// The person is shown the invitation of the request.
    Inviting,
    /// This user has accepted the invitation by the session that the browser had.
    Accepted { user_id: String },
    /// The user has said no, and the application has no answer yet.
    Declined {
        /// `error_description` of the answer.
        error_description: String,
    },
}

/// The sign-in that a transaction has led to. No other user's session satisfies the request any more.
#[derive(Clone)]
pub(crate) struct FinishedSignIn {
    pub(crate) user_id: String,
    /// The session that was opened, or went on.
    pub(crate) sid: String,
    /// With the cookie of the browser it gives the session token again, for a repeat of the same submit.
    pub(crate) token_salt: String,
    /// False between moving the transaction and opening the session.
    pub(crate) opened: bool,
}

/// A transaction to keep.
pub(crate) struct NewTransaction {
    pub(crate) transaction: Transaction,
    /// Cookie of the browser that sent the request.
    pub(crate) browser_token: String,
    pub(crate) client_id: String,
    /// IP address of the browser; `None` is not counted against any limit.
    pub(crate) client_address: Option<String>,
    /// Whether `browser_token` was made for this request.
    pub(crate) is_new_browser: bool,
}

/// A transaction whose form was sent with a right credential.
pub(crate) struct SubmittedTransaction {
    pub(crate) transaction_id: String,
    /// Cookie of the browser that sent the form; the session token is derived from it.
    pub(crate) browser_token: Option<String>,
    /// The version that was read.
    pub(crate) version: u64,
    /// Nonce of what comes after this page.
    pub(crate) page_nonce: String,
}
