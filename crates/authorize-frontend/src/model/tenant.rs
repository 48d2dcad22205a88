//! The tenant's settings, as far as the frontend uses them.

use doorward_oauth2_types::redirect_uri::RegisteredUri;
use url::Url;

use super::{AttackProtection, CustomClaim};

/// Settings that hold for all clients. The default has no pages of its own and all options off, and Auth0's attack
/// protection; it stands in on pages that must come when the registry has failed.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub(crate) struct Tenant {
    /// Shown on the pages; `None`: the product's name.
    pub(crate) friendly_name: Option<String>,
    /// Logo of the pages.
    pub(crate) picture_url: Option<String>,
    /// Shown on error pages.
    pub(crate) support_email: Option<String>,
    /// Shown on error pages.
    pub(crate) support_url: Option<String>,
    /// API of a request that names none.
    pub(crate) default_audience: Option<String>,
    /// Where users can begin again whose sign-in was lost.
    pub(crate) default_redirection_uri: Option<Url>,
    /// Where a logout may lead that names no client.
    pub(crate) allowed_logout_urls: Vec<RegisteredUri>,
    pub(crate) session_lifetimes: SessionLifetimes,
    /// Whether answers of `/authorize` carry `iss` (RFC 9207).
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// Whether answers go to callbacks on this device without asking the user first, unless the client says otherwise.
    pub(crate) skip_non_verifiable_callback_uri_confirmation_prompt: bool,
    /// Whether the consent page shows the descriptions of an API's scopes.
    pub(crate) use_scope_descriptions_for_consent: bool,
    /// BCP 47 tags, the default first; empty: every language there is.
    pub(crate) enabled_locales: Vec<String>,
    /// Whether `resource` (RFC 8707) stands for a missing `audience`.
    pub(crate) resource_parameter_accepted: bool,
    /// Whether an ID token is refused without `openid` in `scope`.
    pub(crate) require_openid_scope: bool,
    /// Whether discovery names `/oidc/logout`.
    pub(crate) rp_logout_end_session_endpoint_discovery: bool,
    /// Whether `/oidc/logout` asks the user, unless the request is proved to be about the session of this browser.
    pub(crate) oidc_logout_prompt_enabled: bool,
    /// Whether `organization` may be a name, and tokens have `org_name`.
    pub(crate) allow_organization_name_in_authentication_api: bool,
    /// Whether the tenant's roles count even for members that have roles in the organization.
    pub(crate) include_tenant_roles_in_organizations: bool,
    /// Whether an invitation ends when another account than the invited one opens it.
    pub(crate) consume_invitation_on_mismatch: bool,
    /// Whether `updated_at` is a number (OIDC Core §5.1), and no text as on Auth0.
    pub(crate) numeric_updated_at: bool,
    /// Claims that the tenant adds to tokens.
    pub(crate) custom_claims: Vec<CustomClaim>,
    /// Whether tokens are issued although the post-login hook failed.
    pub(crate) post_login_hook_may_fail: bool,
    pub(crate) attack_protection: AttackProtection,
}

/// How long SSO sessions live.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SessionLifetimes {
    /// Whether the cookie of a new session survives the end of the browser.
    pub(crate) persistent_cookie: bool,
    persistent: SessionLife,
    ephemeral: SessionLife,
}

/// Limits of one session, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SessionLife {
    /// Since the sign-in.
    pub(crate) absolute_seconds: u32,
    /// Since the last use.
    pub(crate) idle_seconds: u32,
}

impl SessionLifetimes {
    /// Limits for sessions whose cookie survives the end of the browser, and for those whose cookie does not.
    pub(crate) fn new(
        persistent_cookie: bool,
        persistent: SessionLife,
        ephemeral: SessionLife,
    ) -> Self {
        Self {
            persistent_cookie,
            persistent,
            ephemeral,
        }
    }

    /// Limits of a session by whether its cookie survives the end of the browser.
    pub(crate) fn life(&self, persistent: bool) -> SessionLife {
        if persistent {
            self.persistent
        } else {
            self.ephemeral
        }
    }
}
