//! The tenant's post-login hook: a service of their own.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use doorward_oauth2_types::ClaimSet;
use doorward_proto::hooks::v1 as wire;
use doorward_proto::hooks::v1::post_login_hook_service_client::PostLoginHookServiceClient;
use doorward_service_kit::deadline::time_left;
use doorward_service_kit::grpc::Channel;
use jiff::Timestamp;

use super::BackendError;
use super::calls::attempt;
use crate::model::{Client, Organization, User};
use doorward_proto::to_timestamp;

/// Its name in errors, and in its certificate.
pub(crate) const POST_LOGIN_HOOK: &str = "post-login-hook";

/// How to reach the hook.
#[derive(Debug, Clone)]
pub struct PostLoginHookChannel {
    /// `doorward.hooks.v1`
    pub channel: Channel,
    /// How long to wait for an answer.
    pub deadline: Duration,
}

/// A sign-in that would lead to tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignIn<'a> {
    pub(crate) user: &'a User,
    /// Names of the roles that count.
    pub(crate) roles: &'a [String],
    pub(crate) client: &'a Client,
    pub(crate) organization: Option<&'a Organization>,
    pub(crate) audience: Option<&'a str>,
    pub(crate) requested_scopes: &'a [String],
    pub(crate) granted_scopes: &'a [String],
    /// `None`: before an invitation is accepted, there is none yet.
    pub(crate) session: Option<(&'a str, Timestamp)>,
    pub(crate) is_silent: bool,
}

/// The decision of the hook, as it sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HookAnswer {
    Allow(HookChanges),
    /// With the reason.
    Deny(String),
}

/// The changes that the hook wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HookChanges {
    /// A JSON object as text.
    pub(crate) id_token_claims: Option<String>,
    /// A JSON object as text.
    pub(crate) access_token_claims: Option<String>,
    pub(crate) added_scopes: Vec<String>,
    pub(crate) removed_scopes: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct PostLoginHook {
    client: PostLoginHookServiceClient<Channel>,
    deadline: Duration,
}

impl PostLoginHook {
    pub(super) fn new(hook: PostLoginHookChannel) -> Self {
        Self {
            client: PostLoginHookServiceClient::new(hook.channel),
            deadline: hook.deadline,
        }
    }

    /// One call, not repeated: what else the hook does is not known here.
    pub(crate) async fn call(&self, sign_in: SignIn<'_>) -> Result<HookAnswer, BackendError> {
        let limit = time_left().map_or(self.deadline, |left| left.min(self.deadline));
        let mut client = self.client.clone();
        let call = |request| async move { client.post_login(request).await };
        let result = attempt(limit, wire::PostLoginRequest::from(sign_in), call).await;
        let response = result.map_err(|status| BackendError::new(POST_LOGIN_HOOK, status))?;
        Ok(response.into_inner().into())
    }
}

impl From<SignIn<'_>> for wire::PostLoginRequest {
    fn from(sign_in: SignIn<'_>) -> Self {
        let (sid, auth_time) = sign_in.session.unzip();
        Self {
            user: Some(user(sign_in.user, sign_in.roles)),
            client: Some(wire::PostLoginClient {
                client_id: sign_in.client.client_id.clone(),
                name: sign_in.client.name.clone(),
                metadata: texts(&sign_in.client.metadata),
            }),
            organization: sign_in
                .organization
                .map(|organization| wire::PostLoginOrganization {
                    id: organization.id.clone(),
                    name: organization.name.clone(),
                    display_name: organization.display_name.clone(),
                    metadata: texts(&organization.metadata),
                }),
            audience: sign_in.audience.map(str::to_owned),
            requested_scopes: sign_in.requested_scopes.to_vec(),
            granted_scopes: sign_in.granted_scopes.to_vec(),
            sid: sid.map(str::to_owned),
            auth_time: auth_time.map(to_timestamp),
            is_silent: sign_in.is_silent,
        }
    }
}

fn user(user: &User, roles: &[String]) -> wire::PostLoginUser {
    wire::PostLoginUser {
        user_id: user.user_id.clone(),
        connection: user.connection.clone(),
        claims_json: claims_json(&user.claims),
        app_metadata_json: user.app_metadata.clone().map(Into::into),
        user_metadata_json: user.user_metadata.clone().map(Into::into),
        roles: roles.to_vec(),
    }
}

fn claims_json(claims: &ClaimSet) -> String {
    serde_json::to_string(claims).unwrap_or_else(|_| "{}".to_owned())
}

fn texts(pairs: &BTreeMap<String, String>) -> HashMap<String, String> {
    pairs.clone().into_iter().collect()
}

impl From<wire::PostLoginResponse> for HookAnswer {
    fn from(response: wire::PostLoginResponse) -> Self {
        match response.denial {
            Some(denial) => Self::Deny(denial.reason),
            None => Self::Allow(HookChanges {
                id_token_claims: response.id_token_claims_json,
                access_token_claims: response.access_token_claims_json,
                added_scopes: response.added_scopes,
                removed_scopes: response.removed_scopes,
            }),
        }
    }
}
