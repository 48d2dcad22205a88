//! `resourceServers`: APIs.

use doorward_oauth2_types::SigningAlg;
use doorward_oauth2_types::auth0::{TokenDialect, UserAccess};
use doorward_proto::client_registry::v1::{ResourceServerPatch, ResourceServerScope};

use crate::document::{Ignored, Object, Result};

/// The name by which Auth0's tool recognizes the management API.
const MANAGEMENT_API: &str = "Auth0 Management API";

pub(super) fn read(mut api: Object, ignored: &mut Ignored) -> Result<Option<ResourceServerPatch>> {
    let name = api.text("name")?;
    if api.flag("is_system")? == Some(true) || name.as_deref() == Some(MANAGEMENT_API) {
        ignored.note(api.path(), "the management API is not supported, ignored");
        return Ok(None);
    }
    let scopes = scopes(&mut api, ignored)?;
    let user_access = subject_type_authorization(&mut api, ignored)?;
    let patch = ResourceServerPatch {
        id: api.text("id")?,
        identifier: api.required_text("identifier")?,
        name,
        replace_scopes: scopes.is_some(),
        scopes: scopes.unwrap_or_default(),
        signing_alg: api.wire_enum::<SigningAlg>("signing_alg")?,
        token_lifetime_seconds: api.count("token_lifetime")?,
        token_lifetime_for_web_seconds: api.count("token_lifetime_for_web")?,
        skip_consent_for_verifiable_first_party_clients: api
            .flag("skip_consent_for_verifiable_first_party_clients")?,
        token_dialect: api.wire_enum::<TokenDialect>("token_dialect")?,
        allow_offline_access: api.flag("allow_offline_access")?,
        enforce_policies: api.flag("enforce_policies")?,
        user_access,
    };
    api.finish(ignored);
    Ok(Some(patch))
}

fn scopes(api: &mut Object, ignored: &mut Ignored) -> Result<Option<Vec<ResourceServerScope>>> {
    let Some(scopes) = api.objects("scopes", &["value"])? else {
        return Ok(None);
    };
    let scopes = scopes.into_iter().map(|mut scope| {
        let read = ResourceServerScope {
            value: scope.required_text("value")?,
            description: scope.text("description")?.filter(|text| !text.is_empty()),
        };
        scope.finish(ignored);
        Ok(read)
    });
    scopes.collect::<Result<_>>().map(Some)
}

/// Reads what applications may do for users. What they may do for themselves concerns
/// `/oauth/token`, which does not exist yet.
fn subject_type_authorization(api: &mut Object, ignored: &mut Ignored) -> Result<Option<i32>> {
    let Some(mut subjects) = api.object("subject_type_authorization")? else {
        return Ok(None);
    };
    let user_access = match subjects.object("user")? {
        Some(mut user) => {
            let policy = user.wire_enum::<UserAccess>("policy")?;
            user.finish(ignored);
            policy
        }
        None => None,
    };
    if let Some(mut client) = subjects.object("client")? {
        client.pass("policy", &["require_client_grant".into()]);
        client.finish(ignored);
    }
    subjects.finish(ignored);
    Ok(user_access)
}
