//! `doorward`: what Doorward has and Auth0 has not, or has elsewhere.

use doorward_oauth2_types::{ClaimSource, CustomClaimName};
use doorward_proto::client_registry::v1::custom_claim::Value;
use doorward_proto::client_registry::v1::{CustomClaim, CustomClaims, TenantPatch};

use super::places::Places;
use crate::document::Object;

/// Adds the settings of `doorward` to those of `tenant`.
pub(super) fn read(
    doorward: &mut Object,
    tenant: Option<TenantPatch>,
    places: &mut Places,
) -> TenantPatch {
    let claims = doorward.objects("claims", &["name"]);
    let custom_claims = claims.map(|claims| {
        let claims = claims.into_iter().enumerate();
        let claims = claims.filter_map(|(index, claim)| {
            let place = claim.place("clients");
            let claim = claim.read_or_refuse(custom_claim)?;
            places.add_custom_claim(index, &claim, &place);
            Some(claim)
        });
        CustomClaims {
            values: claims.collect(),
        }
    });
    TenantPatch {
        custom_claims,
        post_login_hook_may_fail: post_login_hook_may_fail(doorward),
        ..tenant.unwrap_or_default()
    }
}

fn custom_claim(claim: &mut Object) -> Option<CustomClaim> {
    let name = claim.text_of::<CustomClaimName>("name");
    if name.is_none() && !claim.is_given("name") {
        claim.fault("name", "is missing");
    }
    let source = claim.text_of::<ClaimSource>("source");
    let value = match (source, claim.any_json("value")) {
        (Some(source), None) => Some(Value::Source(source)),
        (None, Some(json)) => Some(Value::ConstantJson(json)),
        (None, None) => {
            if !claim.is_given("source") && !claim.is_given("value") {
                claim.fault("source", "is missing, and there is no value");
            }
            None
        }
        (Some(_), Some(_)) => {
            claim.fault("value", "stands beside source; give one of the two");
            None
        }
    };
    let (id_token, access_token) = kinds_of_tokens(claim);
    let mut list = |key| claim.texts(key).unwrap_or_default().values;
    let (clients, audiences) = (list("clients"), list("apis"));
    Some(CustomClaim {
        name: name?,
        value: Some(value?),
        id_token,
        access_token,
        clients,
        audiences,
    })
}

/// Whether ID tokens have it, and whether access tokens have it; both, unless the file says otherwise.
fn kinds_of_tokens(claim: &mut Object) -> (bool, bool) {
    const KINDS: [&str; 2] = ["id_token", "access_token"];
    let Some(tokens) = claim.texts("tokens") else {
        return (true, true);
    };
    let tokens = tokens.values;
    let strange = tokens.iter().find(|kind| !KINDS.contains(&kind.as_str()));
    if let Some(kind) = strange {
        let problem = format!("{kind:?} is not one of {}", KINDS.join(", "));
        claim.fault("tokens", problem);
    } else if tokens.is_empty() {
        claim.fault("tokens", "is empty, so that no token has the claim");
    }
    let has = |kind| tokens.iter().any(|listed| listed == kind);
    (has("id_token"), has("access_token"))
}

fn post_login_hook_may_fail(doorward: &mut Object) -> Option<bool> {
    let mut hook = doorward.object("post_login_hook")?;
    let may_fail = hook.choice("on_failure", &[("deny", false), ("allow", true)]);
    hook.finish();
    may_fail
}
