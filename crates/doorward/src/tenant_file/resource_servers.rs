//! `resourceServers`: APIs.

use doorward_client_registry::check;
use doorward_client_registry::domain::rule;
use doorward_oauth2_types::SigningAlg;
use doorward_oauth2_types::auth0::{TokenDialect, UserAccess};
use doorward_proto::client_registry::v1::{ResourceServerPatch, ResourceServerScope};

use crate::document::Object;

/// The name by which Auth0's tool recognizes the management API.
const MANAGEMENT_API: &str = "Auth0 Management API";

pub(super) fn read(api: &mut Object) -> Option<ResourceServerPatch> {
    let name = api.text("name");
    if api.flag("is_system") == Some(true) || name.as_deref() == Some(MANAGEMENT_API) {
        let why = "the management API is not supported, ignored";
        api.report().note(api.path(), why);
        return None;
    }
    let identifier = api.required_text("identifier");
    let scopes = scopes(api);
    let user_access = subject_type_authorization(api);
    let patch = ResourceServerPatch {
        id: api.text("id"),
        name,
        replace_scopes: scopes.is_some(),
        scopes: scopes.unwrap_or_default(),
        signing_alg: api.wire_enum::<SigningAlg>("signing_alg"),
        token_lifetime_seconds: api.count("token_lifetime"),
        token_lifetime_for_web_seconds: api.count("token_lifetime_for_web"),
        skip_consent_for_verifiable_first_party_clients: api
            .flag("skip_consent_for_verifiable_first_party_clients"),
        token_dialect: api.wire_enum::<TokenDialect>("token_dialect"),
        allow_offline_access: api.flag("allow_offline_access"),
        enforce_policies: api.flag("enforce_policies"),
        user_access,
        identifier: identifier?,
    };
    api.require(check::resource_server(patch.clone()));
    Some(patch)
}

fn scopes(api: &mut Object) -> Option<Vec<ResourceServerScope>> {
    let scopes = api.objects("scopes", &["value"])?.into_iter();
    let scopes = scopes.filter_map(|scope| scope.read_or_leave_out(self::scope));
    Some(scopes.collect())
}

fn scope(scope: &mut Object) -> Option<ResourceServerScope> {
    let value = scope.required_text("value");
    let description = scope.filled_text("description");
    let value = value?;
    if let Err(problem) = rule::scope(&value) {
        scope.unserved("value", format!("{value:?} {problem}"));
    }
    Some(ResourceServerScope { value, description })
}

/// Reads what applications may do for users. What they may do for themselves concerns
/// `/oauth/token`, which does not exist yet.
fn subject_type_authorization(api: &mut Object) -> Option<i32> {
    let mut subjects = api.object("subject_type_authorization")?;
    let user_access = subjects.object("user").and_then(|mut user| {
        let policy = user.wire_enum::<UserAccess>("policy");
        user.finish();
        policy
    });
    if let Some(mut client) = subjects.object("client") {
        client.pass("policy", &["require_client_grant".into()]);
        client.finish();
    }
    subjects.finish();
    user_access
}
