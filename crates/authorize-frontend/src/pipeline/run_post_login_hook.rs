//! Asks the tenant's post-login hook, a service of their own.

use std::collections::HashSet;

use doorward_oauth2_types::{CustomClaimName, ErrorCode, Scope};

use super::{Permitted, ValidatedRequest};
use crate::backends::{HookAnswer, HookChanges, PostLoginHook, SignIn};
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Organization, Session, User};
use crate::tokens::{CustomClaims, JsonObject};

/// The longest reason of a refusal, in characters.
const MAX_REASON: usize = 500;

/// A request that the hook lets pass, with what it changes.
#[derive(Debug)]
pub(crate) struct Approved {
    permitted: Permitted,
    /// `None`: there is no hook.
    changed: Option<Changed>,
}

/// The content of the tokens, in place of what was permitted.
#[derive(Debug)]
struct Changed {
    scope: Scope,
    permissions: Option<Vec<String>>,
    claims: CustomClaims,
}

impl Approved {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        self.permitted.request()
    }

    pub(crate) fn session(&self) -> &Session {
        self.permitted.session()
    }

    pub(crate) fn user(&self) -> &User {
        self.permitted.user()
    }

    pub(crate) fn organization(&self) -> Option<&Organization> {
        self.permitted.organization()
    }

    pub(crate) fn role_ids(&self) -> Vec<String> {
        self.permitted.role_ids()
    }

    pub(crate) fn permissions(&self) -> Option<&[String]> {
        match &self.changed {
            Some(changed) => changed.permissions.as_deref(),
            None => self.permitted.permissions(),
        }
    }

    /// The scope that will be granted, if the user agrees.
    pub(crate) fn scope(&self) -> &Scope {
        match &self.changed {
            Some(changed) => &changed.scope,
            None => self.permitted.scope(),
        }
    }

    /// The claims that the hook adds; `None`: there is no hook.
    pub(crate) fn claims(&self) -> Option<&CustomClaims> {
        self.changed.as_ref().map(|changed| &changed.claims)
    }
}

/// Without a hook, this calls no backend.
///
/// # Errors
/// - `access_denied`: the hook denies the sign-in.
/// - `temporarily_unavailable`, `server_error`: the hook failed, and the tenant requires it; or the names of the user's
///   roles are unknown. Never `access_denied`, which would be a false *no*.
pub(crate) async fn run_post_login_hook(
    permitted: Permitted,
    deps: &Deps,
) -> Result<Approved, OAuthError> {
    let changed = match &deps.backends.post_login_hook {
        Some(hook) => {
            let changes = Box::pin(ask(hook, &permitted, deps)).await?;
            Some(changed(&permitted, &changes))
        }
        None => None,
    };
    Ok(Approved { permitted, changed })
}

fn changed(permitted: &Permitted, changes: &HookChanges) -> Changed {
    let scope = changed_scope(permitted, changes);
    let mut permissions = permitted.permissions().map(<[String]>::to_vec);
    if let Some(permissions) = &mut permissions {
        permissions.retain(|permission| !changes.removed_scopes.contains(permission));
    }
    Changed {
        claims: CustomClaims {
            id_token: allowed_claims(changes.id_token_claims.as_deref(), &scope),
            access_token: allowed_claims(changes.access_token_claims.as_deref(), &scope),
        },
        permissions,
        scope,
    }
}

async fn ask(
    hook: &PostLoginHook,
    permitted: &Permitted,
    deps: &Deps,
) -> Result<HookChanges, OAuthError> {
    let request = permitted.request();
    let session = permitted.session();
    let roles = deps.backends.roles.names(&permitted.role_ids()).await?;
    let sign_in = SignIn {
        user: permitted.user(),
        roles: &roles,
        client: request.client(),
        organization: permitted.organization(),
        audience: request.api().map(|api| api.identifier.as_str()),
        requested_scopes: &texts(request.scope()),
        granted_scopes: &texts(permitted.scope()),
        session: Some((&session.sid, session.authenticated_at)),
        is_silent: request.prompt().none(),
    };
    call(hook, sign_in, request).await
}

/// Asks the hook, if there is one, before an invitation is accepted, so that a sign-in that it denies spends no ticket.
///
/// # Errors
/// As [`run_post_login_hook`].
pub(super) async fn ask_before_acceptance(
    request: &ValidatedRequest,
    organization: &Organization,
    user: &User,
    deps: &Deps,
) -> Result<(), OAuthError> {
    let Some(hook) = &deps.backends.post_login_hook else {
        return Ok(());
    };
    let roles = deps.backends.roles.names(&user.role_ids).await?;
    let scopes = texts(request.scope());
    let sign_in = SignIn {
        user,
        roles: &roles,
        client: request.client(),
        organization: Some(organization),
        audience: request.api().map(|api| api.identifier.as_str()),
        requested_scopes: &scopes,
        granted_scopes: &scopes,
        session: None,
        is_silent: false,
    };
    call(hook, sign_in, request).await.map(|_| ())
}

async fn call(
    hook: &PostLoginHook,
    sign_in: SignIn<'_>,
    request: &ValidatedRequest,
) -> Result<HookChanges, OAuthError> {
    match hook.call(sign_in).await {
        Ok(HookAnswer::Allow(changes)) => Ok(changes),
        Ok(HookAnswer::Deny(reason)) => Err(denied(&reason)),
        // The error is logged where it occurs.
        Err(_) if request.tenant().post_login_hook_may_fail => Ok(HookChanges::default()),
        Err(error) => Err(error.into()),
    }
}

/// RFC 6749 §4.2.2.1 allows few characters, and the text goes into a URL.
fn denied(reason: &str) -> OAuthError {
    let allowed = |letter: char| match letter {
        '"' | '\\' => '?',
        ' '..='~' => letter,
        _ => '?',
    };
    let reason: String = reason.chars().take(MAX_REASON).map(allowed).collect();
    let reason = if reason.is_empty() {
        "The sign-in was denied".to_owned()
    } else {
        reason
    };
    OAuthError::new(ErrorCode::AccessDenied, reason)
}

fn texts(scope: &Scope) -> Vec<String> {
    scope.iter().map(str::to_owned).collect()
}

/// The hook may add what the API offers to the client, also against the permissions of the user. `openid` decides which
/// answer is given, and stays.
fn changed_scope(permitted: &Permitted, changes: &HookChanges) -> Scope {
    let removed: HashSet<_> = changes.removed_scopes.iter().map(String::as_str).collect();
    let request = permitted.request();
    let is_offered = |added: &&str| {
        let is_offered = request.is_offered_scope(added);
        if !is_offered {
            tracing::warn!(
                scope = added,
                "the post-login hook added a scope that the API does not offer to the application, ignored"
            );
        }
        is_offered
    };
    let stays = |token: &&str| *token == "openid" || !removed.contains(token);
    let kept = permitted.scope().iter().filter(stays);
    let added = changes.added_scopes.iter().map(String::as_str);
    let tokens: Vec<_> = kept.chain(added.filter(is_offered)).collect();
    Scope::from_tokens(&tokens).unwrap_or_else(|_| permitted.scope().clone())
}

/// The claims that a token may have. What only the server may say is dropped, and the sign-in goes on, as on Auth0.
fn allowed_claims(json: Option<&str>, scope: &Scope) -> JsonObject {
    let Some(json) = json else {
        return JsonObject::default();
    };
    let mut claims: JsonObject = match serde_json::from_str(json) {
        Ok(claims) => claims,
        Err(error) => {
            // The text of the error may quote a value.
            let (line, column) = (error.line(), error.column());
            tracing::warn!(
                line,
                column,
                "the claims of the post-login hook are not a JSON object, ignored"
            );
            return JsonObject::default();
        }
    };
    claims.retain(|name, value| match name.parse::<CustomClaimName>() {
        Ok(name) => name.is_granted_by(scope) && !value.is_null(),
        Err(problem) => {
            tracing::warn!(name, %problem, "the post-login hook set a claim that it may not set, ignored");
            false
        }
    });
    claims
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sec_163_claims_that_only_the_server_writes_are_dropped() {
        let claims = json!({
            "sub": "auth0|mallory", "iss": "https://evil.test/", "permissions": ["all"], "scope": "admin",
            "https://auth0.com/x": 1, "https://example.com/plan": "gold", "picture": "p", "nothing": null,
        });
        let read = |scope: &str| allowed_claims(Some(&claims.to_string()), &scope.parse().unwrap());
        let expected = json!({"https://example.com/plan": "gold"});
        assert_eq!(json!(read("openid")), expected);
        let expected = json!({"https://example.com/plan": "gold", "picture": "p"});
        assert_eq!(json!(read("openid profile")), expected);
        for nothing in [None, Some("[]"), Some("{"), Some("")] {
            assert!(allowed_claims(nothing, &"openid".parse().unwrap()).is_empty());
        }
    }

    #[test]
    fn a_reason_fits_an_error_description() {
        let cases = [
            ("not today", "not today"),
            ("", "The sign-in was denied"),
            ("a\"b\\c\nd é", "a?b?c?d ?"),
        ];
        for (reason, expected) in cases {
            assert_eq!(denied(reason).description, expected);
        }
        assert_eq!(denied(&"x".repeat(1_000)).description.len(), MAX_REASON);
    }
}
