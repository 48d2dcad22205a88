//! Claims that the tenant adds to tokens.

use doorward_oauth2_types::{ClaimSource, CustomClaimName, MAX_CUSTOM_CLAIMS_BYTES};
use doorward_proto::InvalidField;
use serde::{Deserialize, Serialize};

use super::Entity;
use super::plan::References;
use super::rule::{self, RuleResult};

const MAX_CUSTOM_CLAIMS: usize = 100;
const MAX_SOURCE: usize = 600;
const MAX_REFERENCES: usize = 100;
/// Levels of lists and objects in a constant.
const MAX_DEPTH: usize = 32;

/// A claim of tokens. `client_registry.proto` says what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct CustomClaim {
    pub name: String,
    pub value: CustomClaimValue,
    pub id_token: bool,
    pub access_token: bool,
    /// In a patch, ids and names.
    pub clients: Vec<String>,
    pub audiences: Vec<String>,
}

/// Where the value of a custom claim comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomClaimValue {
    /// A text that [`ClaimSource`] reads.
    Source(String),
    /// The value itself.
    Constant(serde_json::Value),
}

/// Checks what needs no knowledge of the stored applications.
pub(super) fn validate(claims: &[CustomClaim]) -> Result<(), InvalidField> {
    let tenant = Entity::tenant();
    if claims.len() > MAX_CUSTOM_CLAIMS {
        let problem = format!(
            "has {} entries, but may have {MAX_CUSTOM_CLAIMS}",
            claims.len()
        );
        return Err(tenant.invalid("custom_claims", problem));
    }
    for (index, claim) in claims.iter().enumerate() {
        let field = |name: &str| format!("custom_claims[{index}].{name}");
        let clients = Some(claim.clients.as_slice());
        let audiences = Some(claim.audiences.as_slice());
        tenant.check(&field("name"), Some(&claim.name), name)?;
        match &claim.value {
            CustomClaimValue::Source(text) => {
                tenant.check(&field("source"), Some(text), source)?;
            }
            CustomClaimValue::Constant(value) => {
                let text = value.to_string();
                tenant.check(&field("constant_json"), Some(&text), constant)?;
                if depth(value) > MAX_DEPTH {
                    let problem = format!("has more than {MAX_DEPTH} levels");
                    return Err(tenant.invalid(field("constant_json"), problem));
                }
            }
        }
        if !claim.id_token && !claim.access_token {
            return Err(tenant.invalid(field("id_token"), "no kind of token has the claim"));
        }
        tenant.check_count(&field("clients"), clients, MAX_REFERENCES)?;
        tenant.check_each(&field("clients"), clients, rule::text(rule::ID_LENGTH))?;
        tenant.check_count(&field("audiences"), audiences, MAX_REFERENCES)?;
        tenant.check_each(&field("audiences"), audiences, rule::identifier)?;
    }
    Ok(())
}

fn name(text: &str) -> RuleResult {
    text.parse::<CustomClaimName>()
        .map(|_| ())
        .map_err(|problem| format!("{text:?} {problem}"))
}

fn source(text: &str) -> RuleResult {
    rule::text(1..=MAX_SOURCE)(text)?;
    text.parse::<ClaimSource>()
        .map(|_| ())
        .map_err(|problem| format!("{text:?} {problem}"))
}

fn constant(json: &str) -> RuleResult {
    match json {
        "null" => Err("is null; a claim is never null".to_owned()),
        _ if json.len() > MAX_CUSTOM_CLAIMS_BYTES => {
            Err(format!("has more than {MAX_CUSTOM_CLAIMS_BYTES} bytes"))
        }
        _ => Ok(()),
    }
}

fn depth(value: &serde_json::Value) -> usize {
    let inner = match value {
        serde_json::Value::Array(items) => items.iter().map(depth).max(),
        serde_json::Value::Object(members) => members.values().map(depth).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or_default()
}

/// Replaces the names of applications by their ids. A claim whose applications are all left out is left out too:
/// without a list it would be for every application.
pub(super) fn resolve_clients(
    claims: Vec<CustomClaim>,
    references: &mut References<'_>,
) -> Result<Vec<CustomClaim>, InvalidField> {
    let mut resolved = Vec::new();
    for (index, mut claim) in claims.into_iter().enumerate() {
        let mut ids = Vec::new();
        for (place, listed) in claim.clients.iter().enumerate() {
            let field = format!("custom_claims[{index}].clients[{place}]");
            let found = references.resolve(listed, &Entity::tenant(), &field)?;
            ids.extend(found.map(|id| id.to_string()));
        }
        if ids.is_empty() && !claim.clients.is_empty() {
            continue;
        }
        claim.clients = ids;
        resolved.push(claim);
    }
    Ok(resolved)
}
