//! The other services, as the steps of a request need them.
//!
//! A call ends in *yes*, *no* or *cannot tell*: the first two are what the method returns, the third is a
//! [`BackendError`], so that a lost service can never be taken for a "no".

mod calls;
mod convert;
mod error;
mod identity;
mod invitations;
mod jwks;
mod organizations;
mod patience;
mod post_login_hook;
mod registry;
mod relay;
mod repeats;
mod roles;
mod sessions;
mod token_signing;

use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::Channel;

pub use error::BackendError;
pub(crate) use identity::{Identity, PasswordVerdict, SignUpVerdict};
pub(crate) use invitations::{AcceptVerdict, Invitations};
pub(crate) use jwks::Jwks;
pub(crate) use organizations::{JoinVerdict, Organizations};
pub use patience::Patience;
pub use post_login_hook::PostLoginHookChannel;
pub(crate) use post_login_hook::{HookAnswer, HookChanges, POST_LOGIN_HOOK, PostLoginHook, SignIn};
pub(crate) use registry::Registry;
pub(crate) use roles::Roles;
pub(crate) use sessions::{
    Absence, FoundTransaction, KeptAccessToken, LiveSession, LoginAttempt, LoginOutcome, Resolved,
    Sessions,
};
pub(crate) use token_signing::{
    AccessTokenBesideIdToken, AccessTokenToSign, IdTokenToSign, PublicHalf, PublicKey, PublicKeys,
    SignedTokens, TokenSigning, TokensToSign,
};

/// How to reach the five services, and how long to wait for their answers.
#[derive(Debug, Clone)]
pub struct Channels {
    /// `doorward.client_registry.v1`
    pub client_registry: Channel,
    /// `doorward.identity.v1`
    pub identity: Channel,
    /// `doorward.session.v1`
    pub session: Channel,
    /// `doorward.organization.v1`
    pub organization: Channel,
    /// `doorward.token_signing.v1`
    pub token_signing: Channel,
    /// The tenant's own post-login hook; `None`: there is none.
    pub post_login_hook: Option<PostLoginHookChannel>,
    /// How long to wait for them.
    pub patience: Patience,
}

/// The five services.
#[derive(Debug)]
pub(crate) struct Backends {
    pub(crate) registry: Registry,
    pub(crate) identity: Identity,
    pub(crate) sessions: Sessions,
    pub(crate) organizations: Organizations,
    pub(crate) invitations: Invitations,
    pub(crate) token_signing: TokenSigning,
    pub(crate) jwks: Jwks,
    pub(crate) roles: Roles,
    pub(crate) post_login_hook: Option<PostLoginHook>,
    pub(crate) patience: Patience,
}

impl Backends {
    /// Connects, and starts what keeps memory true: the registry's watch, the keys, the roles, the relay of users.
    pub(crate) fn start(channels: Channels, shutdown: &Shutdown) -> Self {
        let patience = &channels.patience;
        let token_signing = TokenSigning::new(channels.token_signing, patience);
        let identity = Identity::new(channels.identity, patience);
        let sessions = Sessions::new(channels.session, patience);
        relay::start(identity.clone(), sessions.clone(), shutdown.clone());
        Self {
            registry: Registry::start(channels.client_registry, patience, shutdown.clone()),
            jwks: Jwks::start(token_signing.clone(), shutdown.clone()),
            roles: Roles::start(identity.clone(), shutdown.clone()),
            invitations: Invitations::new(channels.organization.clone(), patience),
            organizations: Organizations::new(channels.organization, patience),
            post_login_hook: channels.post_login_hook.map(PostLoginHook::new),
            identity,
            sessions,
            token_signing,
            patience: channels.patience,
        }
    }
}
