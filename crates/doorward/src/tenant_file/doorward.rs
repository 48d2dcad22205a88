//! `doorward`: what Doorward has and Auth0 has not, or has elsewhere.

use doorward_oauth2_types::{ClaimSource, CustomClaimName};
use doorward_proto::client_registry::v1::custom_claim::Value;
use doorward_proto::client_registry::v1::{CustomClaim, CustomClaims, TenantPatch};

use crate::document::{Ignored, Object, Result};

/// Adds the settings of `doorward` to those of `tenant`.
pub(super) fn read(
    mut doorward: Object,
    tenant: Option<TenantPatch>,
    ignored: &mut Ignored,
) -> Result<TenantPatch> {
    let claims = doorward.objects("claims", &["name"])?;
    let claims = claims.map(|claims| {
        let claims = claims.into_iter().map(|claim| custom_claim(claim, ignored));
        claims.collect::<Result<_>>()
    });
    let patch = TenantPatch {
        custom_claims: claims.transpose()?.map(|values| CustomClaims { values }),
        post_login_hook_may_fail: post_login_hook_may_fail(&mut doorward, ignored)?,
        ..tenant.unwrap_or_default()
    };
    doorward.finish(ignored);
    Ok(patch)
}

fn custom_claim(mut claim: Object, ignored: &mut Ignored) -> Result<CustomClaim> {
    let name = claim.text_of::<CustomClaimName>("name")?;
    let name = name.ok_or_else(|| claim.problem("name", "is missing"))?;
    let source = claim.text_of::<ClaimSource>("source")?;
    let value = match (source, claim.any_json("value")?) {
        (Some(source), None) => Value::Source(source),
        (None, Some(json)) => Value::ConstantJson(json),
        (None, None) => return Err(claim.problem("source", "is missing, and there is no value")),
        (Some(_), Some(_)) => {
            return Err(claim.problem("value", "stands beside source; give one of the two"));
        }
    };
    let (id_token, access_token) = kinds_of_tokens(&mut claim)?;
    let list = |list: Option<doorward_proto::client_registry::v1::StringList>| {
        list.map(|list| list.values).unwrap_or_default()
    };
    let read = CustomClaim {
        name,
        value: Some(value),
        id_token,
        access_token,
        clients: list(claim.texts("clients")?),
        audiences: list(claim.texts("apis")?),
    };
    claim.finish(ignored);
    Ok(read)
}

/// Whether ID tokens have it, and whether access tokens have it; both, unless the file says otherwise.
fn kinds_of_tokens(claim: &mut Object) -> Result<(bool, bool)> {
    const KINDS: [&str; 2] = ["id_token", "access_token"];
    let place = claim.place("tokens");
    let Some(tokens) = claim.texts("tokens")? else {
        return Ok((true, true));
    };
    let tokens = tokens.values;
    let strange = tokens.iter().find(|kind| !KINDS.contains(&kind.as_str()));
    if let Some(kind) = strange {
        let problem = format!("{kind:?} is not one of {}", KINDS.join(", "));
        return Err(place.problem(problem));
    }
    if tokens.is_empty() {
        return Err(place.problem("is empty, so that no token has the claim"));
    }
    let has = |kind| tokens.iter().any(|listed| listed == kind);
    Ok((has("id_token"), has("access_token")))
}

fn post_login_hook_may_fail(doorward: &mut Object, ignored: &mut Ignored) -> Result<Option<bool>> {
    let Some(mut hook) = doorward.object("post_login_hook")? else {
        return Ok(None);
    };
    let may_fail = hook.choice("on_failure", &[("deny", false), ("allow", true)])?;
    hook.finish(ignored);
    Ok(may_fail)
}
